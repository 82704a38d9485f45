import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GateModule } from '../gate/gate.module.js';
import { Campaign } from './campaign.entity.js';
import { CampaignGauges } from './campaign-gauges.js';
import { CampaignStore } from './campaign.store.js';
import { CampaignsService } from './campaigns.service.js';

/** Campaigns, for whoever works with them; nothing of it is served over HTTP. */
@Module({
  imports: [TypeOrmModule.forFeature([Campaign]), GateModule],
  providers: [CampaignStore, CampaignsService, CampaignGauges],
  exports: [CampaignStore, CampaignsService, GateModule],
})
export class CampaignsModule {}
