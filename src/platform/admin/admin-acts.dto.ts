import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { IsUserId } from '../identity/is-user-id.js';
import { ADMIN_ACTS } from './record-act.js';

const LARGEST_PAGE = 1_000;

export class AdminActsQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^\P{Cc}*$/u)
  @IsString()
  readonly campaignId?: string;

  @ApiPropertyOptional({ description: 'the id before which the page begins: `next` of the last page' })
  @IsOptional()
  @IsUserId() // a decimal in 1..2^63-1 as well
  readonly before?: string;

  @ApiPropertyOptional({ default: 100, minimum: 1, maximum: LARGEST_PAGE })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE)
  readonly limit: number = 100;
}

export class AdminActView {
  @ApiProperty({ description: 'decimal; rises with each act' })
  readonly id: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly at: Date;

  @ApiProperty({ description: 'the subject of the operator’s token, or the name of a command' })
  readonly actor: string;

  @ApiProperty({ enum: ADMIN_ACTS })
  readonly act: string;

  @ApiProperty({ type: String, nullable: true })
  readonly campaignId: string | null;

  @ApiProperty({ type: Object, description: 'what exactly; its members depend on the act' })
  readonly detail: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: String, nullable: true })
  readonly reason: string | null;
}

export class AdminActPage {
  @ApiProperty({ type: [AdminActView] })
  readonly items: AdminActView[];

  @ApiProperty({ type: String, nullable: true, description: '`before` of the next page; null on the last' })
  readonly next: string | null;
}
