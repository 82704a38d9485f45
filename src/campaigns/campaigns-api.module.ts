import { Module } from '@nestjs/common';
import { CampaignsAdminController } from './campaigns-admin.controller.js';
import { CampaignsController } from './campaigns.controller.js';
import { CampaignsModule } from './campaigns.module.js';

@Module({
  imports: [CampaignsModule],
  controllers: [CampaignsController, CampaignsAdminController],
})
export class CampaignsApiModule {}
