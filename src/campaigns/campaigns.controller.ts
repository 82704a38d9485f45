import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { Deadline } from '../platform/http/deadline.js';
import { Direct } from '../platform/http/direct-declarations.js';
import { JSON_TYPE, sendJson } from '../platform/http/send-json.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { AddressLimitGuard } from '../platform/rate-limits/address-limit.guard.js';
import { CampaignPages } from './campaign-pages.js';
import { CampaignView } from './campaign.dto.js';
import { unknownCampaign } from '../platform/problems/unknown-campaign.js';

const PUBLIC = { ...JSON_TYPE, 'Cache-Control': 'public, max-age=1' };

/** What anybody may ask, with or without a token. */
@ApiTags('campaigns')
@Controller('v1/campaigns')
@UseGuards(AddressLimitGuard)
export class CampaignsController {
  constructor(
    private readonly pages: CampaignPages,
    private readonly deadline: Deadline,
  ) {}

  @Get(':id')
  @Direct()
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'What a campaign pays, to how many users, when, and how much of it is left' })
  @ApiOkResponse({ type: CampaignView, description: 'the campaign at this moment, up to a second old' })
  @ApiProblems('unknown-campaign')
  async read(@Req() { params }: Request<{ id: string }>, @Res() response: ServerResponse): Promise<void> {
    const page = await this.deadline.within(this.pages.read(params.id));
    if (!page) throw unknownCampaign();
    sendJson(response, 200, JSON.stringify(page), PUBLIC);
  }
}
