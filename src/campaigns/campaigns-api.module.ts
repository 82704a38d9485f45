import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UserGrant } from '../grants/user-grant.entity.js';
import { READS } from '../platform/postgres/reads.js';
import { CampaignsAdminController } from './campaigns-admin.controller.js';
import { CampaignsController } from './campaigns.controller.js';
import { CampaignsModule } from './campaigns.module.js';
import { GrantReportsController } from './reports/grant-reports.controller.js';
import { GrantReports } from './reports/grant-reports.js';

/** Campaigns over HTTP: the public page, the actions of operators, and reports. */
@Module({
  imports: [CampaignsModule, TypeOrmModule.forFeature([UserGrant], READS)],
  providers: [GrantReports],
  controllers: [CampaignsController, CampaignsAdminController, GrantReportsController],
})
export class CampaignsApiModule {}
