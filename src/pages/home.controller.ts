import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { CampaignPages } from '../campaigns/campaign-pages.js';
import { Environment } from '../platform/config/environment.js';
import { AddressLimitGuard } from '../platform/rate-limits/address-limit.guard.js';
import { preferredLanguage } from './languages.js';
import { CLAIM_HTML } from './page-headers.js';
import { Page } from './send-page.js';
import { fillTemplate } from './template.js';
import { WebFiles } from './web-files.js';

/** The campaign that migrations create, for a first look. */
const FIRST_CAMPAIGN = 'default';

/** `/`: where a person who has just started the service can go. */
@ApiExcludeController()
@Controller()
@UseGuards(AddressLimitGuard)
export class HomeController {
  constructor(
    private readonly campaigns: CampaignPages,
    private readonly files: WebFiles,
    private readonly environment: Environment,
  ) {}

  @Get()
  async read(@Req() request: Request, @Res() response: ServerResponse): Promise<void> {
    const language = preferredLanguage(request.headers['accept-language']);
    const campaign = await this.campaigns.read(FIRST_CAMPAIGN).catch(() => null);
    const html = fillTemplate(this.files.html(`home.${language}`), {
      campaign: campaign && campaign.id,
      campaignName: campaign && campaign.name,
      docs: this.environment.DOCS,
    });
    const headers = { ...CLAIM_HTML, 'Content-Language': language, 'Cache-Control': 'no-cache' };
    await new Page(Buffer.from(html), headers).send(request, response, ['Accept-Language']);
  }
}
