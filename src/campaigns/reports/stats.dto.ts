import { ApiProperty } from '@nestjs/swagger';

const PROMOTED =
  'how many got their slot from the line, whatever became of it since. A slot that becomes free while nobody waits ' +
  'is no promotion: whoever arrives next gets it at once. So this is 0 when payouts were rejected before the slots ' +
  'ran out';

/**
 * How many people are in each state of GET …/grants: pending + success + failed + revoked + reversed + waiting +
 * ended + left is everybody who has claimed.
 */
class PostgresCounts {
  @ApiProperty() readonly pending: number;
  @ApiProperty() readonly success: number;
  @ApiProperty({ description: 'whose payout was rejected' }) readonly failed: number;
  @ApiProperty({ description: 'whose grant an operator revoked' }) readonly revoked: number;
  @ApiProperty({ description: 'who were paid, and whose money came back' }) readonly reversed: number;
  @ApiProperty() readonly waiting: number;
  @ApiProperty({ description: 'who waited in line until the campaign ended' }) readonly ended: number;
  @ApiProperty({ description: 'who left the line' }) readonly left: number;
  @ApiProperty({ description: PROMOTED }) readonly promoted: number;
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
