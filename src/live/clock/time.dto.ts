import { ApiProperty } from '@nestjs/swagger';

/** The time by the gate's clock. */
export class TimeView {
  @ApiProperty({
    format: 'date-time',
    example: '2026-11-26T01:00:00.123Z',
    description: 'the time at which this answer was made, by the clock by which campaigns open and close',
  })
  readonly now: string;

  @ApiProperty({
    type: 'integer',
    example: 1_795_654_800_123,
    description: 'the same, in ms since 1970 (UTC)',
  })
  readonly unixMs: number;
}
