import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ClaimRecord } from './claims/claim-record.js';

export const CLAIM_STATUSES = ['PENDING', 'SUCCESS', 'FAILED', 'WAITING', 'ENDED', 'LEFT'] as const;

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

  @ApiProperty({ type: Number, nullable: true, description: 'the slot, 1..capacity; null while waiting' })
  readonly grantSeq: number | null;

  @ApiProperty({ description: 'the place in the order of arrival' })
  readonly arrivalNo: number;

  @ApiPropertyOptional({ description: 'while WAITING: the place in the line, 1 is next' })
  readonly waitingPosition?: number;

  @ApiProperty({ format: 'date-time', description: 'when the claim was taken' })
  readonly createdAt: Date;

  @ApiProperty({ format: 'date-time', description: 'when its status last changed' })
  readonly updatedAt: Date;
}

export function toGrantView(
  campaignId: string,
  record: ClaimRecord,
  waitingPosition: number | null,
): GrantView {
  const { userId, status, grantSeq, arrivalNo, createdAt, updatedAt } = record;
  return {
    campaignId,
    userId,
    status,
    grantSeq,
    arrivalNo,
    ...(waitingPosition === null ? {} : { waitingPosition }),
    createdAt,
    updatedAt,
  };
}
