import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches } from 'class-validator';
import { PageQuery } from '../http/page-query.js';
import { IsUserId } from '../identity/is-user-id.js';
import { ADMIN_ACTS } from './record-act.js';

export class AdminActsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'only acts on this campaign' })
  @IsOptional()
  @Matches(/^\P{Cc}*$/u, { message: 'campaignId must not contain control characters' })
  @IsString()
  readonly campaignId?: string;

  @ApiPropertyOptional({ description: 'lists only acts with a lower id: pass `next` of the previous page' })
  @IsOptional()
  @IsUserId() // the same format: a decimal in 1..2^63-1
  readonly before?: string;
}

export class AdminActView {
  @ApiProperty({ description: 'decimal; increases with each act' })
  readonly id: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'when it was done' })
  readonly at: Date;

  @ApiProperty({ description: 'the subject of the operator’s token, or the name of a command' })
  readonly actor: string;

  @ApiProperty({ enum: ADMIN_ACTS, description: 'what was done' })
  readonly act: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'the campaign that it was done to; null for none, or all',
  })
  readonly campaignId: string | null;

  @ApiProperty({ type: Object, description: 'details; the members depend on the act' })
  readonly detail: Readonly<Record<string, unknown>>;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'why, in the operator’s own words; null if none was given',
  })
  readonly reason: string | null;
}

export class AdminActPage {
  @ApiProperty({ type: [AdminActView], description: 'this page, newest first' })
  readonly items: AdminActView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`before` of the next page; null on the last page',
  })
  readonly next: string | null;
}
