import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsTime } from '../../platform/http/is-time.js';
import { PageQuery } from '../../platform/http/page-query.js';

export class SeriesQuery extends PageQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-12-01T09:00:00Z',
    description:
      'the first time; default: as long ago as is kept. For another page: `next` of the previous one',
  })
  @IsOptional()
  @IsTime()
  readonly from?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-12-01T10:00:00Z',
    description: 'the first time that is too late; default: none',
  })
  @IsOptional()
  @IsTime()
  readonly to?: string;
}

const AT_THE_END = 'at the gate at the end of the step; null: there was no gate to ask';

/** What happened in one step. */
export class SeriesItem {
  @ApiProperty({ format: 'date-time', description: 'when the step began, by the gate’s clock' })
  readonly at: Date;

  @ApiProperty({ type: 'integer', description: 'claims that got a slot' })
  readonly accepted: number;

  @ApiProperty({ type: 'integer', description: 'claims that got a place in the line' })
  readonly waitlisted: number;

  @ApiProperty({ type: 'integer', description: 'claims that were answered "sold out"' })
  readonly soldOut: number;

  @ApiProperty({ type: 'integer', description: 'claims that were answered "not open", "paused" or "closed"' })
  readonly refused: number;

  @ApiProperty({ type: 'integer', description: 'claims that were answered 503' })
  readonly unavailable: number;

  @ApiProperty({ type: 'integer', description: 'payouts that were made' })
  readonly paid: number;

  @ApiProperty({ type: 'integer', nullable: true, description: `slots that nobody held, ${AT_THE_END}` })
  readonly available: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: `slots of grants to be paid, ${AT_THE_END}` })
  readonly processing: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: `slots of paid grants, ${AT_THE_END}` })
  readonly settled: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: `people in the line, ${AT_THE_END}` })
  readonly waiting: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: '99 % of the claims took no longer, in ms, inside the service; null when nobody claimed',
  })
  readonly p99Ms: number | null;
}

export class SeriesView {
  @ApiProperty({ type: 'integer', example: 10_000, description: 'the length of a step, in ms' })
  readonly stepMs: number;

  @ApiProperty({
    type: [SeriesItem],
    description:
      'the steps in which something happened, the earliest first; nothing happened in those that are missing',
  })
  readonly items: SeriesItem[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: '`from` of the next page; null on the last',
  })
  readonly next: Date | null;
}
