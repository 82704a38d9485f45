import { Module } from '@nestjs/common';
import { CampaignOpenings } from './campaign-openings.js';
import { CampaignStandings } from './campaign-standing.js';
import { Receipts } from './receipts.js';

/** What claimants take home: promises with their claims, and notes that a campaign was sold out. */
@Module({
  providers: [CampaignOpenings, CampaignStandings, Receipts],
  exports: [Receipts],
})
export class ReceiptsModule {}
