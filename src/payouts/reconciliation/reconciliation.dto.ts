import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, MaxLength } from 'class-validator';
import { PageQuery } from '../../platform/http/page-query.js';
import { DIFFERENCE_KINDS, type DifferenceKind } from './difference.js';

const LONGEST_KEY = 1_000;

export class ReconciliationQuery extends PageQuery {
  @ApiPropertyOptional({
    maxLength: LONGEST_KEY,
    description: 'the key after which the page begins: `next` of the last page',
  })
  @IsOptional()
  @MaxLength(LONGEST_KEY)
  @Matches(/^[^\p{Cc}]*$/u, { message: 'after must not contain control characters' })
  readonly after?: string;
}

export class DifferenceView {
  @ApiProperty({ description: 'the key under which the two sides differ' })
  readonly idempotencyKey: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'decimal, 1..2^63-1; null when there is no payout of that key here',
  })
  readonly userId: string | null;

  @ApiProperty({
    enum: DIFFERENCE_KINDS,
    description:
      'how they differ. Can be applied: settled-there, rejected-there, reversed-there. The others need a person. Must ' +
      'never happen: paid-though-failed, paid-twice',
  })
  readonly kind: DifferenceKind;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'the state of our payout when they were compared; null when there was none',
  })
  readonly ours: string | null;

  @ApiProperty({
    type: [String],
    description: 'each transfer of the provider under the key: its id and state',
  })
  readonly theirs: string[];

  @ApiProperty({ description: 'whether our books were brought in line' })
  readonly applied: boolean;
}

export class ReconciliationPage {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'as of when our side was read; null when the campaign was never compared',
  })
  readonly comparedAt: Date | null;

  @ApiProperty({ type: 'integer', description: 'differences that were applied' })
  readonly applied: number;

  @ApiProperty({
    type: 'integer',
    description: 'differences that remain, of which the first 1,000 by key are listed',
  })
  readonly remaining: number;

  @ApiProperty({
    type: 'integer',
    description: 'keys in doubt here or pending there: the sides may differ later',
  })
  readonly undecided: number;

  @ApiProperty({ type: [DifferenceView], description: 'this page, in order of keys' })
  readonly items: DifferenceView[];

  @ApiProperty({ type: String, nullable: true, description: '`after` of the next page; null on the last' })
  readonly next: string | null;
}
