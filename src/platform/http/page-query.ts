import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

const LARGEST_PAGE = 1_000;

/** The query that all paged lists take. Each list defines where a page begins. */
export class PageQuery {
  @ApiPropertyOptional({
    default: 100,
    minimum: 1,
    maximum: LARGEST_PAGE,
    description: 'the length of a page',
  })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE)
  readonly limit: number = 100;
}
