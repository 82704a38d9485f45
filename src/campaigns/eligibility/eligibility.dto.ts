import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, Matches } from 'class-validator';
import { Reasoned } from '../../platform/admin/operator.js';
import { PageQuery } from '../../platform/http/page-query.js';
import { IsUserId } from '../../platform/identity/is-user-id.js';

/** Most people that one call puts on a list. */
const LARGEST_PART = 1_000;

export class EligiblePath {
  @Matches(/^[^\p{Cc}]*$/u, { message: 'the id of the campaign must not contain control characters' })
  readonly id: string;

  @IsUserId()
  readonly userId: string;
}

export class AddEligibleDto {
  @ApiProperty({
    type: 'array',
    items: { type: 'string', example: '42' },
    minItems: 1,
    maxItems: LARGEST_PART,
    description: 'decimals, 1..2^63-1; a long list is sent in parts. Whoever is on the list stays on it',
  })
  @IsUserId({ each: true })
  @ArrayMaxSize(LARGEST_PART)
  @ArrayMinSize(1)
  @IsArray()
  readonly userIds: string[];
}

export class EligiblePageQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'the user id after which the page begins: `next` of the last page' })
  @IsOptional()
  @IsUserId()
  readonly after?: string;
}

/** Why the list is frozen. */
export class FreezeListDto extends Reasoned {}

export class FrozenListView {
  @ApiProperty({ type: 'integer', description: 'how many people are on the list, for good' })
  readonly eligibleCount: number;

  @ApiProperty({ description: 'since when it is frozen' })
  readonly frozenAt: Date;
}

export class EligibleCountView {
  @ApiProperty({
    type: 'integer',
    description: 'how many people this call put on the list; the others were on it',
  })
  readonly added: number;

  @ApiProperty({ type: 'integer', description: 'how many people are on the list now' })
  readonly eligibleCount: number;
}

export class EligiblePageView {
  @ApiProperty({ type: [String], description: 'this page of user ids, in their order' })
  readonly userIds: string[];

  @ApiProperty({ type: String, nullable: true, description: '`after` of the next page; null on the last' })
  readonly next: string | null;
}
