import { Controller, Get, Param, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import { Deadline } from '../platform/http/deadline.js';
import { DirectRoutes } from '../platform/http/direct-routes.js';
import { JSON_TYPE, sendJson } from '../platform/http/send-json.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { AddressLimitGuard } from '../platform/rate-limits/address-limit.guard.js';
import { CampaignPages } from './campaign-pages.js';
import { CampaignView } from './campaign.dto.js';
import { unknownCampaign } from '../platform/problems/unknown-campaign.js';

const PUBLIC = { ...JSON_TYPE, 'Cache-Control': 'public, max-age=1' };

/** What everybody may ask, with a token or without. Reached through Nest, and directly (`DirectRoutes`). */
@ApiTags('campaigns')
@Controller('v1/campaigns')
@UseGuards(AddressLimitGuard)
export class CampaignsController {
  constructor(
    private readonly pages: CampaignPages,
    private readonly deadline: Deadline,
    direct: DirectRoutes,
    address: AddressLimitGuard,
  ) {
    direct.add({
      method: 'GET',
      path: '/v1/campaigns/:id',
      checks: [address],
      handle: ({ params: { id } }, response) => this.read(id, response),
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'What a campaign gives, to how many, when, and what is left of it' })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems(404, 429, 503)
  async read(@Param('id') id: string, @Res() response: ServerResponse): Promise<void> {
    const page = await this.deadline.within(this.pages.read(id));
    if (!page) throw unknownCampaign();
    sendJson(response, 200, JSON.stringify(page), PUBLIC);
  }
}
