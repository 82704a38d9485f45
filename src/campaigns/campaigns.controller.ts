import { Controller, Get, Header, Param, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DeadlineInterceptor } from '../http/deadline.interceptor.js';
import { ApiProblems } from '../problems/api-problems.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { toCampaignView } from './campaign-view.js';
import { CampaignView } from './campaign.dto.js';
import { CampaignsService } from './campaigns.service.js';

@ApiTags('campaigns')
@Controller('v1/campaigns')
@UseGuards(AddressLimitGuard)
@UseInterceptors(DeadlineInterceptor)
export class CampaignsController {
  constructor(private readonly campaigns: CampaignsService) {}

  @Get(':id')
  @Header('Cache-Control', 'public, max-age=1')
  @ApiOperation({ summary: 'What a campaign gives, to how many, when, and what is left of it' })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(404, 429, 503)
  async read(@Param('id') id: string): Promise<CampaignView> {
    return toCampaignView(await this.campaigns.get(id), await this.campaigns.counts(id));
  }
}
