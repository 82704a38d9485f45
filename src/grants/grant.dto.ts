import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type ClaimRecord, isFinal } from './claims/claim-record.js';
import { IsoTimes } from './iso-times.js';
import { FAILURE_REASONS, failureReason, type FailureReason } from './failure-reason.js';

export const CLAIM_STATUSES = ['PENDING', 'SUCCESS', 'FAILED', 'WAITING', 'ENDED', 'LEFT'] as const;

export const SLOT_STATES = ['held', 'used', 'released'] as const;
type SlotState = (typeof SLOT_STATES)[number];

export const PAYOUT_PROSPECTS = ['on-its-way', 'being-checked'] as const;
type PayoutProspect = (typeof PAYOUT_PROSPECTS)[number];

/** What has become of the slot, by the claim's status. */
const SLOT_BY_STATUS: Readonly<Record<ClaimRecord['status'], SlotState | null>> = {
  PENDING: 'held',
  SUCCESS: 'used',
  FAILED: 'released',
  WAITING: null,
  ENDED: null,
  LEFT: null,
};

/** A claim as its user sees it. */
export class GrantView {
  @ApiProperty({ example: 'default', description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ example: '42', description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty({
    enum: CLAIM_STATUSES,
    description:
      'PENDING: accepted, to be paid. SUCCESS: paid. FAILED: the payout was rejected, or the grant revoked. ' +
      'WAITING: in the line. ENDED: the campaign ended while waiting. LEFT: left the line.',
  })
  readonly status: ClaimRecord['status'];

  @ApiProperty({
    description:
      'whether status can never change again, so that nobody needs to ask any more. false while PENDING or WAITING, ' +
      'and for a SUCCESS that becomes FAILED if the money comes back (campaigns with the reversal policy regrant)',
  })
  readonly final: boolean;

  @ApiProperty({
    type: String,
    enum: [...FAILURE_REASONS, null],
    nullable: true,
    description:
      'why nothing was paid, or what was paid is gone; otherwise null. wallet-closed: the wallet takes no money. ' +
      'rejected-by-provider: the payout was rejected for another reason. rejected-by-operator: an operator decided ' +
      'that the payout was not made. revoked: an operator took the grant back before anything was sent. reversed: ' +
      'it was paid, and the money came back; status is then FAILED if the slot was released, and otherwise stays SUCCESS',
  })
  readonly failureReason: FailureReason | null;

  @ApiProperty({ type: 'integer', description: 'what the campaign pays to each user, in minor units' })
  readonly amount: number;

  @ApiProperty({ description: 'ISO 4217', example: 'KRW' })
  readonly currency: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when the payout was made; null unless status is SUCCESS',
  })
  readonly paidAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'the id of the transfer, or of the rejection, at whoever pays: to be quoted to support. null while there is none',
  })
  readonly payoutReference: string | null;

  @ApiProperty({
    type: String,
    enum: [...PAYOUT_PROSPECTS, null],
    nullable: true,
    description:
      'while PENDING: on-its-way, or being-checked when nobody could say whether it was paid, so that an operator ' +
      'finds out and decides. Otherwise null',
  })
  readonly payout: PayoutProspect | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'the slot, 1..capacity; null while waiting' })
  readonly grantSeq: number | null;

  @ApiProperty({
    type: String,
    enum: [...SLOT_STATES, null],
    nullable: true,
    description:
      'what has become of the slot. held: it is this user’s until the payout has an outcome. used: it was paid. ' +
      'released: it went to the first user in the line, or, if nobody waited, became free again. null without a slot',
  })
  readonly slot: SlotState | null;

  @ApiProperty({ type: 'integer', description: 'the place in the order of arrival' })
  readonly arrivalNo: number;

  @ApiPropertyOptional({ type: 'integer', description: 'while WAITING: the place in the line, 1 is next' })
  readonly waitingPosition?: number;

  @ApiPropertyOptional({
    description:
      'to a claim with Prefer: receipt: a signed promise that this claim will be in the public log, in the form of ' +
      'c2sp.org/tlog-proof@v1. Keep it. Missing when none was asked for, or none can be given at the moment',
  })
  readonly receipt?: string;

  @ApiProperty({ format: 'date-time', description: 'when the claim was taken' })
  readonly createdAt: string;

  @ApiProperty({ format: 'date-time', description: 'when its status last changed' })
  readonly updatedAt: string;
}

const creations = new IsoTimes();
const updates = new IsoTimes();

export function toGrantView(
  campaignId: string,
  record: ClaimRecord,
  waitingPosition: number | null,
  receipt?: string,
): GrantView {
  const { userId, status, amount, currency, payoutReference, grantSeq, arrivalNo } = record;
  const updatedAt = updates.of(record.updatedAt);
  return {
    campaignId,
    userId,
    status,
    final: isFinal(record),
    failureReason: failureReason(record),
    amount,
    currency,
    paidAt: status === 'SUCCESS' ? updatedAt : null, // a paid grant changes only by losing this status
    payoutReference,
    payout: status === 'PENDING' ? (record.isHeld ? 'being-checked' : 'on-its-way') : null,
    grantSeq,
    slot: SLOT_BY_STATUS[status],
    arrivalNo,
    ...(waitingPosition === null ? {} : { waitingPosition }),
    ...(receipt === undefined ? {} : { receipt }),
    createdAt: creations.of(record.createdAt),
    updatedAt,
  };
}
