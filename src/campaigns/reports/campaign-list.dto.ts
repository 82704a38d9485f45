import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { PageQuery } from '../../platform/http/page-query.js';
import { SHOWN_STATES, type ShownState } from '../campaign-lifecycle.js';
import { CampaignTerms } from '../campaign-terms.dto.js';

const LONGEST_SEARCH = 200;

const YES_OR_NO = ['true', 'false'] as const;

export class CampaignListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: SHOWN_STATES, description: 'lists campaigns that are shown in this state' })
  @IsOptional()
  @IsIn(SHOWN_STATES)
  readonly state?: ShownState;

  @ApiPropertyOptional({
    enum: YES_OR_NO,
    description:
      'lists only campaigns that are finished, or only those that are not. `state=OPEN&finished=false` are the open ' +
      'campaigns in which somebody may still get a place',
  })
  @IsOptional()
  @IsIn(YES_OR_NO)
  readonly finished?: (typeof YES_OR_NO)[number];

  @ApiPropertyOptional({
    minLength: 1,
    maxLength: LONGEST_SEARCH,
    description:
      'lists campaigns whose id or name contains this; capital and small letters (a-z) are the same',
  })
  @IsOptional()
  @Matches(/^\P{Cc}*$/u, { message: 'search must hold no control characters' })
  @Length(1, LONGEST_SEARCH)
  @IsString()
  readonly search?: string;

  @ApiPropertyOptional({
    description:
      'lists only campaigns that are older: pass `next` of the previous page, or the id of a campaign that is listed',
  })
  @IsOptional()
  @Matches(/^\P{Cc}*$/u, { message: 'before must hold no control characters' })
  @IsString()
  readonly before?: string;
}

export class CampaignListPage {
  @ApiProperty({ type: [CampaignTerms], description: 'this page, the newest first' })
  readonly items: CampaignTerms[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      '`before` of the next page, mostly the id of the last campaign of this one; null on the last. A page may be short, ' +
      'or empty, without being the last',
  })
  readonly next: string | null;
}
