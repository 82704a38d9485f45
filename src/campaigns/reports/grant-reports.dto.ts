import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageQuery } from '../../platform/http/page-query.js';
import { IsUserId } from '../../platform/identity/is-user-id.js';
import { GRANT_STATUSES, type GrantStatus } from '../../grants/user-grant.entity.js';

export class GrantFilterQuery {
  @ApiPropertyOptional({ enum: GRANT_STATUSES })
  @IsOptional()
  @IsIn(GRANT_STATUSES)
  readonly status?: GrantStatus;

  @ApiPropertyOptional({ description: 'decimal, 1..2^63-1' })
  @IsOptional()
  @IsUserId()
  readonly userId?: string;
}

export class GrantPageQuery extends IntersectionType(GrantFilterQuery, PageQuery) {
  @ApiPropertyOptional({
    default: 0,
    description: 'the arrival number after which the page begins: `next` of the previous page',
  })
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly after: number = 0;
}

export class GrantItem {
  @ApiProperty()
  readonly campaignId: string;

  @ApiProperty({ description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty()
  readonly grantSeq: number;

  @ApiProperty()
  readonly arrivalNo: number;

  @ApiProperty({ enum: GRANT_STATUSES })
  readonly status: GrantStatus;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt: Date;

  @ApiProperty({ format: 'date-time' })
  readonly updatedAt: Date;
}

export class GrantPage {
  @ApiProperty({ type: [GrantItem] })
  readonly items: GrantItem[];

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      '`after` of the next page; null on the last. A page may be short, or empty, without being the last',
  })
  readonly next: number | null;
}

class PostgresCounts {
  @ApiProperty() readonly pending: number;
  @ApiProperty() readonly success: number;
  @ApiProperty() readonly failed: number;
  @ApiProperty() readonly waiting: number;
  @ApiProperty() readonly promoted: number;
  @ApiProperty() readonly ended: number;
  @ApiProperty() readonly lastArrivalNo: number;
}

class GateCountsView {
  @ApiProperty() readonly available: number;
  @ApiProperty() readonly processing: number;
  @ApiProperty() readonly settled: number;
  @ApiProperty() readonly waiting: number;
}

export class StatsView {
  @ApiProperty()
  readonly campaignId: string;

  @ApiProperty()
  readonly capacity: number;

  @ApiProperty()
  readonly postgres: PostgresCounts;

  @ApiProperty({ type: GateCountsView, nullable: true, description: 'null while there is no gate to ask' })
  readonly gate: GateCountsView | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'available + processing + settled = capacity; null while there is no gate to ask',
  })
  readonly conserved: boolean | null;
}
