import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

const LARGEST_PAGE = 1_000;

/** The query that all paged lists take. Each list defines where a page begins. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    default: 100,
    minimum: 1,
    maximum: LARGEST_PAGE,
    description: 'the length of a page',
  })
  @Type(() => Number)
  @Max(LARGEST_PAGE)
  @Min(1)
  @IsInt()
  readonly limit: number = 100;
}
