import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { CampaignPages } from '../campaigns/campaign-pages.js';
import { Deadline } from '../platform/http/deadline.js';
import { Direct } from '../platform/http/direct-declarations.js';
import { FailureLog } from '../platform/http/failure-log.js';
import { problemOf } from '../platform/http/problem-of.js';
import { secondsToWait } from '../platform/problems/retry-after.js';
import { AddressLimitGuard } from '../platform/rate-limits/address-limit.guard.js';
import { ClaimHtml } from './claim-html.js';
import { type Language, preferredLanguage } from './languages.js';
import { CLAIM_HTML } from './page-headers.js';
import { Page, requestIdOf } from './send-page.js';
import { WebFiles } from './web-files.js';

type CampaignRequest = Request<{ id: string }>;

/** The page on which people claim. It has the facts of the campaign's public view, and no query of its own. */
@ApiExcludeController()
@Controller('c')
@UseGuards(AddressLimitGuard)
export class ClaimPageController {
  constructor(
    private readonly campaigns: CampaignPages,
    private readonly html: ClaimHtml,
    private readonly files: WebFiles,
    private readonly deadline: Deadline,
    private readonly failures: FailureLog,
  ) {}

  @Get(':id')
  @Direct()
  inPreferredLanguage(@Req() request: CampaignRequest, @Res() response: ServerResponse): Promise<void> {
    const language = preferredLanguage(request.headers['accept-language']);
    return this.send(request, response, language, ['Accept-Language']);
  }

  @Get(':id/ko')
  @Direct()
  inKorean(@Req() request: CampaignRequest, @Res() response: ServerResponse): Promise<void> {
    return this.send(request, response, 'ko');
  }

  @Get(':id/en')
  @Direct()
  inEnglish(@Req() request: CampaignRequest, @Res() response: ServerResponse): Promise<void> {
    return this.send(request, response, 'en');
  }

  private async send(
    request: CampaignRequest,
    response: ServerResponse,
    language: Language,
    varies: readonly string[] = [],
  ): Promise<void> {
    const page = await this.pageFor(request.params.id, language, requestIdOf(response));
    await page.send(request, response, varies);
  }

  /** A person reads the answer: a campaign that does not exist and a server that is away have pages too. */
  private async pageFor(id: string, language: Language, requestId: string): Promise<Page> {
    try {
      const campaign = await this.deadline.within(this.campaigns.read(id));
      return campaign ? this.html.page(campaign, language) : this.without(404, 'no-campaign', language);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status !== 503) throw error;
      this.failures.report(problem, error, requestId);
      const { retryAfter } = problem.details;
      return this.without(503, 'unavailable', language, {
        ...(retryAfter ? { 'Retry-After': String(secondsToWait(retryAfter)) } : {}),
      });
    }
  }

  private without(
    status: number,
    name: string,
    language: Language,
    headers: Readonly<Record<string, string>> = {},
  ): Page {
    return new Page(
      Buffer.from(this.files.html(`${name}.${language}`)),
      { ...CLAIM_HTML, 'Content-Language': language, 'Cache-Control': 'no-store', ...headers },
      status,
    );
  }
}
