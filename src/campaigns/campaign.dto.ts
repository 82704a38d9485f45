import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, Min, ValidateIf } from 'class-validator';
import { CURRENCY_FORMAT, IsCurrency } from '../ledger/is-currency.js';
import { WithReason } from '../platform/admin/operator.js';
import { IsFixedTerm } from './is-fixed-term.js';
import { PAYOUT_PROVIDERS, type PayoutProvider } from '../platform/config/settings/payouts.js';
import { IsTime } from '../platform/http/is-time.js';
import {
  ELIGIBILITIES,
  type Eligibility,
  REVERSAL_POLICIES,
  type ReversalPolicy,
} from './campaign.entity.js';
import { CAMPAIGN_STATES, type CampaignState, SHOWN_STATES, type ShownState } from './campaign-lifecycle.js';

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME_LENGTH = { minLength: 1, maxLength: 200 };
const LARGEST_CAPACITY = 10_000_000;
const LARGEST_AMOUNT = 1_000_000_000;

function IsCampaignName(): PropertyDecorator {
  return applyDecorators(
    IsString(), // the first that fails is reported
    Length(NAME_LENGTH.minLength, NAME_LENGTH.maxLength),
    Matches(/^\P{Cc}*$/u, { message: 'name must hold no control characters' }),
  );
}

/** Checks run from the bottom up. The simplest one stands lowest, so that it is the one reported. */
export class CreateCampaignDto {
  @ApiProperty({
    pattern: SLUG.source,
    example: 'spring-drop',
    description: 'what paths name it by; cannot be changed, nor used again',
  })
  @Matches(SLUG, { message: 'id must be a slug: a-z, 0-9 and inner hyphens, 1 to 63 long' })
  readonly id: string;

  @ApiProperty({ ...NAME_LENGTH, example: 'Spring drop', description: 'for people' })
  @IsCampaignName()
  readonly name: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_CAPACITY,
    description: 'how many people are paid',
  })
  @Max(LARGEST_CAPACITY)
  @Min(1)
  @IsInt()
  readonly capacity: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: LARGEST_CAPACITY,
    description: 'places in the waiting line; default: a tenth of capacity, 0 for no line',
  })
  @IsOptional()
  @Max(LARGEST_CAPACITY)
  @Min(0)
  @IsInt()
  readonly waitingCapacity?: number;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_AMOUNT,
    description: 'minor units, to each user',
  })
  @Max(LARGEST_AMOUNT)
  @Min(1)
  @IsInt()
  readonly amount: number;

  @ApiProperty({
    pattern: CURRENCY_FORMAT.source,
    example: 'KRW',
    description: 'ISO 4217; only currencies that exist',
  })
  @IsCurrency()
  readonly currency: string;

  @ApiPropertyOptional({
    enum: REVERSAL_POLICIES,
    default: 'keep',
    description:
      'what happens to a slot whose payout came back: it stays used, or it passes to the next in line',
  })
  @IsOptional()
  @IsIn(REVERSAL_POLICIES)
  readonly reversalPolicy?: ReversalPolicy;

  @ApiPropertyOptional({
    enum: PAYOUT_PROVIDERS,
    description:
      'who pays: the ledger, or the provider at PAYOUT_HTTP_URL; default: PAYOUT_PROVIDER of the service',
  })
  @IsOptional()
  @IsIn(PAYOUT_PROVIDERS)
  readonly payoutProvider?: PayoutProvider;

  @ApiPropertyOptional({
    enum: ELIGIBILITIES,
    default: 'everybody',
    description:
      'who may claim: everybody, or the people on a list, which is uploaded before opensAt (POST …/eligible)',
  })
  @IsOptional()
  @IsIn(ELIGIBILITIES)
  readonly eligibility?: Eligibility;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'from when claims are taken, not in the past (a minute is tolerated); default: at once',
  })
  @IsOptional()
  @IsTime({ since1970: true })
  readonly opensAt?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'after opensAt' })
  @IsOptional()
  @IsTime({ since1970: true })
  readonly closesAt?: string;
}

export class ChangeCampaignDto extends WithReason {
  @ApiPropertyOptional({ ...NAME_LENGTH, description: 'for people' })
  @ValidateIf((_, value) => value !== undefined)
  @IsCampaignName()
  readonly name?: string;

  @ApiPropertyOptional({
    enum: CAMPAIGN_STATES,
    description: 'PAUSED pauses, OPEN resumes, CLOSED closes for good',
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(CAMPAIGN_STATES)
  readonly state?: CampaignState;

  @ApiPropertyOptional({
    ...{ type: String, format: 'date-time', nullable: true },
    description: 'as in POST, or what it is; null opens at once',
  })
  @IsOptional()
  @IsTime({ since1970: true })
  readonly opensAt?: string | null;

  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true, description: 'null for none' })
  @IsOptional()
  @IsTime({ since1970: true })
  readonly closesAt?: string | null;

  @IsFixedTerm()
  readonly id?: never;

  @IsFixedTerm()
  readonly capacity?: never;

  @IsFixedTerm()
  readonly waitingCapacity?: never;

  @IsFixedTerm()
  readonly amount?: never;

  @IsFixedTerm()
  readonly currency?: never;

  @IsFixedTerm()
  readonly reversalPolicy?: never;

  @IsFixedTerm()
  readonly payoutProvider?: never;

  @IsFixedTerm()
  readonly eligibility?: never;
}

/** A campaign as clients see it. */
export class CampaignView {
  @ApiProperty({ description: 'what paths name it by' })
  readonly id: string;

  @ApiProperty({ description: 'for people' })
  readonly name: string;

  @ApiProperty({ type: 'integer', description: 'how many people are paid' })
  readonly capacity: number;

  @ApiProperty({ type: 'integer', description: 'places in the waiting line; 0: there is no line' })
  readonly waitingCapacity: number;

  @ApiProperty({ type: 'integer', description: 'minor units, to each user' })
  readonly amount: number;

  @ApiProperty({ description: 'ISO 4217' })
  readonly currency: string;

  @ApiProperty({
    enum: [...PAYOUT_PROVIDERS, null],
    nullable: true,
    description:
      'who pays; null in a campaign of an earlier release of which nothing was paid: who pays first pays all',
  })
  readonly payoutProvider: PayoutProvider | null;

  @ApiProperty({
    enum: ELIGIBILITIES,
    description: 'who may claim: everybody, or the people on a list that is final when it opens',
  })
  readonly eligibility: Eligibility;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'how many people are on that list; null: everybody may claim',
  })
  readonly eligibleCount: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'from when claims are taken; null: from its creation on',
  })
  readonly opensAt: Date | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'from when claims are refused; null: until it is closed',
  })
  readonly closesAt: Date | null;

  @ApiProperty({
    enum: SHOWN_STATES,
    description:
      'at this moment, by the clock of the database. SCHEDULED: not open before opensAt. PAUSED: claims are refused ' +
      'until it is resumed. CLOSED: for good, by an operator or since closesAt. A campaign whose places were all paid ' +
      'stays OPEN when it ends: `endedAt` tells that nobody gets in any more',
  })
  readonly state: ShownState;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'since when no place becomes free any more: every slot is paid and stays so, or the campaign is closed and ' +
      'nothing is under way. Whoever waited is told the end, and nobody gets in',
  })
  readonly endedAt: Date | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'since when everybody has been paid or told; nothing changes after that',
  })
  readonly finishedAt: Date | null;

  @ApiProperty({ type: 'integer', description: 'slots that nobody holds' })
  readonly remaining: number;

  @ApiProperty({ type: 'integer', description: 'people in the waiting line' })
  readonly waiting: number;
}
