import { ApiProperty } from '@nestjs/swagger';
import { SHOWN_STATES, type ShownState } from '../../campaigns/campaign-lifecycle.js';
import type { Counted } from '../../platform/metrics/recent-counts.js';
import type { SlotCounts } from './slot-counts.js';

/** What Postgres counts: the truth. available + processing + settled = capacity, always. */
class PostgresSlotsView implements SlotCounts {
  @ApiProperty({
    format: 'date-time',
    description:
      'when it was read last, by the gate’s clock: what it says of slots, payouts and the state of the campaign is no ' +
      'newer. Within a second of `at`, unless Postgres answers slowly or not at all',
  })
  readonly readAt: Date;

  @ApiProperty({
    format: 'date-time',
    description:
      'when the slots were counted, by the gate’s clock; that of a large campaign is some seconds before `readAt`, ' +
      'because counting takes long',
  })
  readonly asOf: Date;

  @ApiProperty({ type: 'integer', description: 'slots that nobody holds' })
  readonly available: number;

  @ApiProperty({ type: 'integer', description: 'slots of grants that are to be paid' })
  readonly processing: number;

  @ApiProperty({
    type: 'integer',
    description: 'slots of grants that are paid, and of those whose money came back and that keep their slot',
  })
  readonly settled: number;

  @ApiProperty({ type: 'integer', description: 'people in the line' })
  readonly waiting: number;

  @ApiProperty({
    type: 'integer',
    description: 'people who lost their slot: rejected, revoked, or reversed and granted again',
  })
  readonly failed: number;

  @ApiProperty({ type: 'integer', description: 'people who waited until the campaign ended' })
  readonly ended: number;

  @ApiProperty({ type: 'integer', description: 'people who left the line' })
  readonly left: number;
}

/** Described in place: a reference cannot be nullable in OpenAPI 3.0. */
const GATE = {
  asOf: { type: 'string', format: 'date-time', description: 'when it was asked, by the gate’s clock' },
  available: { type: 'integer', description: 'slots that nobody holds' },
  processing: { type: 'integer', description: 'slots of grants that are to be paid' },
  settled: { type: 'integer', description: 'slots of grants that are paid' },
  waiting: { type: 'integer', description: 'people in the line' },
} as const;

const RATES = {
  accepted: { type: 'number', description: 'claims that got a slot' },
  waitlisted: { type: 'number', description: 'claims that got a place in the line' },
  soldOut: { type: 'number', description: 'claims that were answered "sold out"' },
  refused: { type: 'number', description: 'claims that were answered "not open", "paused" or "closed"' },
  unavailable: { type: 'number', description: 'claims that were answered 503' },
  paid: { type: 'number', description: 'payouts that were made' },
} as const;

const LATENCY = {
  p50: { type: 'number', description: 'half of the claims took no longer, in ms' },
  p99: { type: 'number', description: '99 % of the claims took no longer, in ms' },
} as const;

/** A campaign at this moment. */
export class LiveFiguresView {
  @ApiProperty({ format: 'date-time', description: 'when this was put together, by the gate’s clock' })
  readonly at: Date;

  @ApiProperty({ example: 'default', description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ enum: SHOWN_STATES, description: 'what the campaign is at this moment' })
  readonly state: ShownState;

  @ApiProperty({
    description: 'whether everybody has been paid or told: nothing changes any more, and there is no gate',
  })
  readonly finished: boolean;

  @ApiProperty({ type: 'integer', description: 'how many people are paid' })
  readonly capacity: number;

  @ApiProperty({
    description:
      'what is committed: the truth. Of an archived campaign, `failed`, `ended` and `left` count the rows that are ' +
      'left: 0 once all are removed',
  })
  readonly postgres: PostgresSlotsView;

  @ApiProperty({
    type: 'object',
    nullable: true,
    selfRequired: true,
    required: Object.keys(GATE),
    properties: GATE,
    description:
      'what the gate in Redis counts, which may be ahead of Postgres for a moment; null while there is none to ask, ' +
      'and for a finished campaign',
  })
  readonly gate: (SlotCounts & { readonly asOf: Date }) | null;

  @ApiProperty({
    description:
      'whether gate and Postgres contradict each other for good: neither has had the other’s count in the last two ' +
      'leases (SLOT_LEASE_MS). false until this instance has looked for so long',
  })
  readonly differs: boolean;

  @ApiProperty({
    type: 'object',
    nullable: true,
    selfRequired: true,
    required: Object.keys(RATES),
    properties: RATES,
    description:
      'a second, of all instances together: the mean of the last three whole seconds. null while Redis, where they ' +
      'are added up, can’t be asked, and while it has lost some of these seconds',
  })
  readonly rates: Readonly<Record<Counted, number>> | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    selfRequired: true,
    required: Object.keys(LATENCY),
    properties: LATENCY,
    description: 'how long claims took in these seconds, inside the service; null when nobody claimed',
  })
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'how long ago the first of those who are to be paid claimed, in ms; null when nobody is',
  })
  readonly oldestUnpaidMs: number | null;

  @ApiProperty({
    type: 'integer',
    maximum: 10_000,
    description: 'payouts whose outcome is not known; 10,000: or more',
  })
  readonly inDoubt: number;

  @ApiProperty({
    type: 'integer',
    maximum: 10_000,
    description: 'payouts that operators must decide; 10,000: or more',
  })
  readonly held: number;

  @ApiProperty({ description: 'whether payouts are stopped: those of this campaign, or all' })
  readonly payoutsStopped: boolean;
}
