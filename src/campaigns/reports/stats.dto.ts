import { ApiProperty } from '@nestjs/swagger';

const PROMOTED =
  'how many got their slot from the line, whatever became of it since. A slot that becomes free while nobody waits ' +
  'is no promotion: whoever arrives next gets it at once. So this is 0 when payouts were rejected before the slots ' +
  'ran out';

/**
 * How many people are in each state of GET …/grants: pending + success + failed + revoked + reversed + waiting +
 * ended + left is everybody who has claimed.
 */
class PostgresCounts {
  @ApiProperty({ type: 'integer', description: 'who are to be paid' })
  readonly pending: number;

  @ApiProperty({ type: 'integer', description: 'who are paid' })
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

  @ApiProperty({ description: 'what is committed: the truth' })
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
  readonly gate: Readonly<Record<keyof typeof GATE_COUNTS, number>> | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'available + processing + settled = capacity; null while there is no gate to ask',
  })
  readonly conserved: boolean | null;
}
