import { ApiProperty } from '@nestjs/swagger';
import type { GateReading } from './campaign-reports.js';

const PROMOTED =
  'how many got their slot from the line, whatever became of it since. A slot that becomes free while nobody waits ' +
  'is no promotion: whoever arrives next gets it at once. So this is 0 when payouts were rejected before the slots ' +
  'ran out';

const SUCCESS =
  'who are paid. In an archived campaign: how many were when it was finished, with those whose money came back and who ' +
  'kept their slot';

/**
 * How many people are in each state of GET …/grants: pending + success + failed + revoked + reversed + waiting +
 * ended + left is everybody who has claimed, until the campaign is archived.
 */
class PostgresCounts {
  @ApiProperty({ format: 'date-time', description: 'the instant of these counts, by the clock of Postgres' })
  readonly asOf: Date;

  @ApiProperty({ type: 'integer', description: 'who are to be paid' })
  readonly pending: number;

  @ApiProperty({ type: 'integer', description: SUCCESS })
  readonly success: number;

  @ApiProperty({ type: 'integer', description: 'whose payout was rejected' })
  readonly failed: number;

  @ApiProperty({ type: 'integer', description: 'whose grant an operator revoked' })
  readonly revoked: number;

  @ApiProperty({ type: 'integer', description: 'who were paid, and whose money came back' })
  readonly reversed: number;

  @ApiProperty({ type: 'integer', description: 'who wait in line' })
  readonly waiting: number;

  @ApiProperty({ type: 'integer', description: 'who waited in line until the campaign ended' })
  readonly ended: number;

  @ApiProperty({ type: 'integer', description: 'who left the line' })
  readonly left: number;

  @ApiProperty({ type: 'integer', description: PROMOTED })
  readonly promoted: number;

  @ApiProperty({ type: 'integer', description: 'the highest arrival number so far' })
  readonly lastArrivalNo: number;
}

/** What the gate counts, described in place: a reference cannot be nullable in OpenAPI 3.0. */
const GATE_COUNTS = {
  asOf: {
    type: 'string',
    format: 'date-time',
    description: 'when it was asked, by its own clock; in a finished campaign: when that was finished',
  },
  available: { type: 'integer', description: 'slots that nobody holds' },
  processing: { type: 'integer', description: 'slots of grants to be paid' },
  settled: { type: 'integer', description: 'slots of grants that are paid' },
  waiting: { type: 'integer', description: 'who wait in line' },
} as const;

export class StatsView {
  @ApiProperty({ description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ type: 'integer', description: 'how many people are paid' })
  readonly capacity: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'since when the campaign is archived, and the rows of its people are removed; null: they are here',
  })
  readonly archivedAt: Date | null;

  @ApiProperty({
    description:
      'what is committed: the truth. Of an archived campaign only `success` is kept: the other counts are of the rows ' +
      'that are left, 0 once all are removed',
  })
  readonly postgres: PostgresCounts;

  @ApiProperty({
    type: 'object',
    nullable: true,
    selfRequired: true,
    required: Object.keys(GATE_COUNTS),
    properties: GATE_COUNTS,
    description:
      'what the gate in Redis counts, which may be ahead of Postgres for a moment; null while there is no gate to ask',
  })
  readonly gate: GateReading | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'available + processing + settled = capacity; null while there is no gate to ask',
  })
  readonly conserved: boolean | null;
}
