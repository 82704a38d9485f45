import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UserGrant } from '../grants/user-grant.entity.js';
import { READS } from '../platform/postgres/reads.js';
import { Campaign } from './campaign.entity.js';
import { CampaignsAdminController } from './campaigns-admin.controller.js';
import { CampaignsController } from './campaigns.controller.js';
import { CampaignsModule } from './campaigns.module.js';
import { EligibilityController } from './eligibility/eligibility.controller.js';
import { EligibleList } from './eligibility/eligible-list.js';
import { CampaignListController } from './reports/campaign-list.controller.js';
import { CampaignLists } from './reports/campaign-list.js';
import { PeopleController } from './reports/people.controller.js';
import { PeopleReport } from './reports/people-report.js';
import { StatsController } from './reports/stats.controller.js';

/** Campaigns over HTTP: the public page, the actions of operators, and reports. */
@Module({
  imports: [CampaignsModule, TypeOrmModule.forFeature([Campaign, UserGrant], READS)],
  providers: [PeopleReport, CampaignLists, EligibleList],
  exports: [PeopleReport, EligibleList],
  controllers: [
    ...[CampaignsController, CampaignsAdminController, EligibilityController],
    ...[CampaignListController, StatsController, PeopleController],
  ],
})
export class CampaignsApiModule {}
