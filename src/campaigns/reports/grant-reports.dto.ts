import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageQuery } from '../../platform/http/page-query.js';
import { IsUserId } from '../../platform/identity/is-user-id.js';
import { GRANT_STATUSES, type GrantStatus } from '../../grants/user-grant.entity.js';

export class GrantFilterQuery {
  @ApiPropertyOptional({ enum: GRANT_STATUSES, description: 'only grants of this status' })
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
  @ApiProperty({ description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty({ description: 'the slot, 1..capacity' })
  readonly grantSeq: number;

  @ApiProperty({ description: 'the place in the order of arrival' })
  readonly arrivalNo: number;

  @ApiProperty({
    enum: GRANT_STATUSES,
    description: 'PENDING: to be paid. SUCCESS: paid. FAILED: the payout was rejected, or the grant revoked',
  })
  readonly status: GrantStatus;

  @ApiProperty({ format: 'date-time', description: 'when the claim was taken' })
  readonly createdAt: Date;

  @ApiProperty({ format: 'date-time', description: 'when its status last changed' })
  readonly updatedAt: Date;
}

export class GrantPage {
  @ApiProperty({ type: [GrantItem], description: 'this page, in order of arrival' })
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
  @ApiProperty({ description: 'grants to be paid' }) readonly pending: number;
  @ApiProperty({ description: 'grants that are paid' }) readonly success: number;
  @ApiProperty({ description: 'grants whose payout was rejected, or that were revoked' })
  readonly failed: number;
  @ApiProperty({ description: 'claims in the waiting line' }) readonly waiting: number;
  @ApiProperty({ description: 'claims that got their slot from the line' }) readonly promoted: number;
  @ApiProperty({ description: 'claims that the end of the campaign met in the line' }) readonly ended: number;
  @ApiProperty({ description: 'the highest arrival number so far' }) readonly lastArrivalNo: number;
}

class GateCountsView {
  @ApiProperty({ description: 'slots that nobody holds' }) readonly available: number;
  @ApiProperty({ description: 'slots of grants to be paid' }) readonly processing: number;
  @ApiProperty({ description: 'slots of grants that are paid' }) readonly settled: number;
  @ApiProperty({ description: 'claims in the waiting line' }) readonly waiting: number;
}

export class StatsView {
  @ApiProperty({ description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ description: 'how many people are paid' })
  readonly capacity: number;

  @ApiProperty({ description: 'what is committed: the truth' })
  readonly postgres: PostgresCounts;

  @ApiProperty({
    type: GateCountsView,
    nullable: true,
    description:
      'what the gate in Redis counts, which may be ahead of Postgres for a moment; null while there is no gate to ask',
  })
  readonly gate: GateCountsView | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'available + processing + settled = capacity; null while there is no gate to ask',
  })
  readonly conserved: boolean | null;
}
