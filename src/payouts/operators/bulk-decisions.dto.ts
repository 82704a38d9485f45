import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { PageQuery } from '../../platform/http/page-query.js';
import { IsReason, REASON_LENGTH } from '../../platform/admin/is-reason.js';
import { IsTime } from '../../platform/http/is-time.js';
import { IsUserId } from '../../platform/identity/is-user-id.js';
import { type Decision, DECISIONS, LARGEST_DECISION } from './decision-records.js';

export class DecisionPath {
  @Matches(/^[^\p{Cc}]*$/u, { message: 'the id of the campaign must not contain control characters' })
  readonly id: string;

  @IsUserId() // a decimal in 1..2^63-1 as well
  readonly decisionId: string;
}

export class DecisionPageQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'the id before which the page begins: `next` of the last page' })
  @IsOptional()
  @IsUserId() // a decimal in 1..2^63-1 as well
  readonly before?: string;
}

/** A decision on many payouts: on those of named users, or on all that are HELD and match the other fields. */
export class ProposeDecisionDto {
  @ApiProperty({
    enum: DECISIONS,
    description:
      'RESEND: no money has moved, send it again under its key; SETTLED: the user has the money; REJECTED: the user does not have it and never will',
  })
  @IsIn(DECISIONS)
  readonly decision: Decision;

  @ApiProperty({ ...REASON_LENGTH, description: 'how you know; kept with your name' })
  @IsReason()
  readonly reason: string;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', example: '2' },
    minItems: 1,
    maxItems: LARGEST_DECISION,
    description: 'decimals, 1..2^63-1; default: all that are HELD',
  })
  @IsOptional()
  @IsUserId({ each: true })
  @ArrayMaxSize(LARGEST_DECISION)
  @ArrayMinSize(1)
  @IsArray()
  readonly userIds?: string[];

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'only payouts whose last error is this one',
    example: 'connection',
  })
  @IsOptional()
  @Matches(/^\P{Cc}*$/u, { message: 'lastError must hold no control characters' })
  @Length(1, 100)
  @IsString()
  readonly lastError?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'only payouts that have been HELD since then or longer',
  })
  @IsOptional()
  @IsTime()
  readonly heldBefore?: string;

  @ApiPropertyOptional({
    example: '1',
    description: 'only user ids above this one: `lastUserId` of the previous decision',
  })
  @IsOptional()
  @IsUserId()
  readonly after?: string;
}

export class DecisionView {
  @ApiProperty({ description: 'decimal' })
  readonly id: string;

  @ApiProperty({ description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ enum: DECISIONS, description: 'what was decided of the payouts' })
  readonly decision: Decision;

  @ApiProperty({ description: 'how the operator who proposed it knows' })
  readonly reason: string;

  @ApiProperty({ description: 'the subject of that operator’s token' })
  readonly proposedBy: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'when it was proposed; it can be approved for a day',
  })
  readonly proposedAt: Date;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'the subject of the token of the operator who approved it; null until then',
  })
  readonly approvedBy: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when it was applied to the payouts; null until then',
  })
  readonly appliedAt: Date | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'how many payouts were unchanged since it was proposed; null until it is applied',
  })
  readonly applied: number | null;

  @ApiProperty({ description: 'nobody has approved it within a day' })
  readonly expired: boolean;

  @ApiProperty({
    type: 'integer',
    description: `how many payouts it covers, ${LARGEST_DECISION} at most: more may match`,
  })
  readonly count: number;

  @ApiProperty({ description: 'the highest user id among them' })
  readonly lastUserId: string;
}

export class DecisionDetailView extends DecisionView {
  @ApiProperty({ type: [String], description: 'the users whose payouts it covers: decimals, 1..2^63-1' })
  readonly userIds: string[];
}

export class DecisionPage {
  @ApiProperty({ type: [DecisionView], description: 'this page, newest first' })
  readonly items: DecisionView[];

  @ApiProperty({ type: String, nullable: true, description: '`before` of the next page; null on the last' })
  readonly next: string | null;
}
