import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GateModule } from '../gate/gate.module.js';
import { Campaign } from './campaign.entity.js';
import { CampaignGauges } from './campaign-gauges.js';
import { CampaignEnds } from './campaign-ends.js';
import { CampaignStore } from './campaign.store.js';
import { CampaignsService } from './campaigns.service.js';

/** Campaigns, for whoever works with them; nothing of it is served over HTTP. */
@Module({
  imports: [TypeOrmModule.forFeature([Campaign]), GateModule],
  providers: [CampaignStore, CampaignEnds, CampaignsService, CampaignGauges],
  exports: [CampaignStore, CampaignEnds, CampaignsService, GateModule],
})
export class CampaignsModule {}
