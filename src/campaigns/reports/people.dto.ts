import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { FAILURE_REASONS, type FailureReason } from '../../grants/failure-reason.js';
import { IsTime } from '../../platform/http/is-time.js';
import { PageQuery } from '../../platform/http/page-query.js';
import { IsUserId } from '../../platform/identity/is-user-id.js';
import { PERSON_STATUSES, type PersonStatus } from './person.js';

/** As many as a campaign can have. */
const LARGEST_SLOT = 10_000_000;

/** A parameter that is given once comes as a string, and as a list otherwise. */
const asList = ({ value }: { readonly value: unknown }): unknown => (Array.isArray(value) ? value : [value]);

export class PeopleFilterQuery {
  @ApiPropertyOptional({
    enum: PERSON_STATUSES,
    isArray: true,
    description: 'only people in this state; repeat the parameter for several states',
  })
  @IsOptional()
  @Transform(asList)
  @IsIn(PERSON_STATUSES, { each: true })
  readonly status?: PersonStatus[];

  @ApiPropertyOptional({ description: 'decimal, 1..2^63-1' })
  @IsOptional()
  @IsUserId()
  readonly userId?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_SLOT,
    description: 'only people who hold this slot, or held it: whoever has it now is the last of them',
  })
  @IsOptional()
  @Type(() => Number)
  @Max(LARGEST_SLOT)
  @Min(1)
  @IsInt()
  readonly grantSeq?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'the first arrival number' })
  @IsOptional()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  readonly arrivalFrom?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'the last arrival number' })
  @IsOptional()
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(1)
  @IsInt()
  readonly arrivalTo?: number;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-12-01T09:00:00Z',
    description: 'only people who claimed at this time or later',
  })
  @IsOptional()
  @IsTime()
  readonly createdFrom?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-12-01T10:00:00Z',
    description: 'only people who claimed before this time',
  })
  @IsOptional()
  @IsTime()
  readonly createdBefore?: string;
}

export class PeoplePageQuery extends IntersectionType(PeopleFilterQuery, PageQuery) {
  @ApiPropertyOptional({
    type: 'integer',
    default: 0,
    description: 'the arrival number after which the page begins: `next` of the previous page',
  })
  @Type(() => Number)
  @Max(Number.MAX_SAFE_INTEGER)
  @Min(0)
  @IsInt()
  readonly after: number = 0;
}

export class PersonView {
  @ApiProperty({ description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty({
    enum: PERSON_STATUSES,
    description:
      'PENDING: has a slot, to be paid. SUCCESS: paid. FAILED: the payout was rejected. ' +
      'REVOKED: an operator took the grant back before anything was sent. REVERSED: paid, and the money came back. ' +
      'WAITING: in the line. ENDED: waited until the campaign ended. LEFT: left the line.',
  })
  readonly status: PersonStatus;

  @ApiProperty({ type: 'integer', description: 'the place in the order of arrival' })
  readonly arrivalNo: number;

  @ApiProperty({ format: 'date-time', description: 'when the claim was taken' })
  readonly createdAt: Date;

  @ApiProperty({ format: 'date-time', description: 'when the status last changed' })
  readonly updatedAt: Date;

  @ApiProperty({ type: 'integer', nullable: true, description: 'the slot, 1..capacity; null without one' })
  readonly grantSeq: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when somebody in the line got the slot; null for whoever got it at once, or got none',
  })
  readonly promotedAt: Date | null;

  @ApiProperty({
    type: 'object', // in place: a reference cannot be nullable in OpenAPI 3.0
    nullable: true,
    description: 'who held the slot right before, and lost it; null when nobody did',
    selfRequired: true,
    required: ['userId', 'arrivalNo'],
    properties: {
      userId: { type: 'string', description: 'decimal, 1..2^63-1' },
      arrivalNo: { type: 'integer', description: 'the place in the order of arrival' },
    },
  })
  readonly slotFrom: { readonly userId: string; readonly arrivalNo: number } | null;

  @ApiProperty({
    enum: [...FAILURE_REASONS, null],
    nullable: true,
    description:
      'wallet-closed: the wallet takes no money. rejected-by-provider: the payout was rejected for another reason. ' +
      'rejected-by-operator: an operator decided that the payout was not made. revoked: see REVOKED. ' +
      'reversed: see REVERSED. Null for all other states.',
  })
  readonly failureReason: FailureReason | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when the payout was settled',
  })
  readonly paidAt: Date | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'what the payout is called where it was made: at the provider, or in the ledger',
  })
  readonly payoutReference: string | null;
}

export class PeoplePageView {
  @ApiProperty({ type: [PersonView], description: 'this page, in order of arrival' })
  readonly items: PersonView[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      '`after` of the next page; null on the last. A page may be short, or empty, without being the last',
  })
  readonly next: number | null;
}
