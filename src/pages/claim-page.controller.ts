import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { CampaignPages } from '../campaigns/campaign-pages.js';
import { Deadline } from '../platform/http/deadline.js';
import { Direct } from '../platform/http/direct-declarations.js';
import { FailureLog } from '../platform/http/failure-log.js';
import { problemOf } from '../platform/http/problem-of.js';
import { secondsToWait } from '../platform/problems/retry-after.js';
import { AddressLimit } from '../platform/rate-limits/address-limit.js';
import { ClaimHtml } from './claim-html.js';
import { type Language, preferredLanguage } from './languages.js';
import { CLAIM_HTML } from './page-headers.js';
import { Page, requestIdOf } from './send-page.js';
import { WebFiles } from './web-files.js';

type CampaignRequest = Request<{ id: string }>;

/** Statuses of what is over soon: they have a page that says so. */
const PASSES: readonly number[] = [429, 503];

/**
 * The page on which people claim. It has the facts of the campaign's public view, and no query of its own. No guard
 * counts its requests: what a guard throws would be shown to people as JSON.
 */
@ApiExcludeController()
@Controller('c')
export class ClaimPageController {
  constructor(
    private readonly campaigns: CampaignPages,
    private readonly html: ClaimHtml,
    private readonly files: WebFiles,
    private readonly limit: AddressLimit,
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

  /** An address that somebody mistyped has a page as well. */
  @Get(':id/*rest')
  async elsewhere(@Req() request: Request, @Res() response: ServerResponse): Promise<void> {
    const language = preferredLanguage(request.headers['accept-language']);
    await this.without(404, 'not-found', language).send(request, response, ['Accept-Language']);
  }

  private async send(
    request: CampaignRequest,
    response: ServerResponse,
    language: Language,
    varies: readonly string[] = [],
  ): Promise<void> {
    const page = await this.pageFor(request, language, requestIdOf(response));
    await page.send(request, response, varies);
  }

  /**
   * A person reads the answer: a campaign that does not exist, a server that is away and an address that asks too often
   * have pages too.
   */
  private async pageFor(request: CampaignRequest, language: Language, requestId: string): Promise<Page> {
    try {
      this.limit.countFrom(request);
      const campaign = await this.deadline.within(this.campaigns.read(request.params.id));
      return campaign ? this.html.page(campaign, language) : this.without(404, 'not-found', language);
    } catch (error) {
      const problem = problemOf(error);
      if (!PASSES.includes(problem.status)) throw error;
      this.failures.report(problem, error, requestId);
      const { retryAfter, headers } = problem.details;
      return this.without(problem.status, 'unavailable', language, {
        ...headers,
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
