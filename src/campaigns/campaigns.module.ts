import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GateModule } from '../grants/slots/gate.module.js';
import { READS } from '../platform/postgres/reads.js';
import { Campaign } from './campaign.entity.js';
import { CampaignGauges } from './reports/campaign-gauges.js';
import { CampaignDeletion } from './campaign-deletion.js';
import { CampaignEnds } from './campaign-ends.js';
import { CampaignPages } from './campaign-pages.js';
import { CampaignReports } from './reports/campaign-reports.js';
import { CampaignStore } from './campaign.store.js';
import { CampaignsService } from './campaigns.service.js';
import { UpkeepGauge } from './reports/upkeep-gauge.js';
import { ClaimTally } from './reports/claim-tally.js';

/** Campaigns for other modules; nothing in here is served over HTTP. */
@Module({
  imports: [TypeOrmModule.forFeature([Campaign]), TypeOrmModule.forFeature([Campaign], READS), GateModule],
  providers: [
    CampaignStore,
    CampaignDeletion,
    CampaignEnds,
    ClaimTally,
    CampaignPages,
    CampaignReports,
    CampaignsService,
    CampaignGauges,
    UpkeepGauge,
  ],
  exports: [CampaignStore, CampaignEnds, ClaimTally, CampaignPages, CampaignReports, CampaignsService],
})
export class CampaignsModule {}
