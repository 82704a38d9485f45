import { Body, Delete, Headers, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { Environment } from '../platform/config/environment.js';
import { tagsToMatch } from '../platform/http/entity-tag.js';
import type { IdentifiedRequest } from '../platform/identity/identity.js';
import { NeedsScope } from '../platform/identity/scopes.js';
import { AdminController } from '../platform/admin/admin-controller.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { invalidRequest } from '../platform/problems/problem.js';
import { CampaignPages } from './campaign-pages.js';
import { toCampaignDetails } from './campaign-view.js';
import { CampaignDetails } from './campaign-terms.dto.js';
import { ChangeCampaignDto, CreateCampaignDto } from './campaign.dto.js';
import { CampaignsService } from './campaigns.service.js';
import { TERMS_TAG, tagOfTerms } from './terms-tag.js';

const DEFAULT_WAITING_SHARE = 10;

@AdminController('v1/campaigns')
export class CampaignsAdminController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly pages: CampaignPages,
    private readonly environment: Environment,
  ) {}

  @Post()
  @NeedsScope('grants:campaigns')
  @ApiOperation({ summary: 'Create a campaign and fund it; it is open at once, or from opensAt' })
  @ApiCreatedResponse({ type: CampaignDetails, description: 'it exists now, and is funded' })
  @ApiOkResponse({
    type: CampaignDetails,
    description: 'it exists with exactly these terms: nothing was changed',
  })
  @ApiProblems(
    ...([
      'invalid-token',
      'forbidden',
      'cross-site',
      'campaign-exists',
      'does-not-fit',
      'over-budget',
      'provider-not-configured',
    ] as const),
  )
  async create(
    @Body() terms: CreateCampaignDto,
    @Req() { identity }: IdentifiedRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CampaignDetails> {
    const opensAt = toDate(terms.opensAt) ?? null;
    const closesAt = toDate(terms.closesAt) ?? null;
    if (opensAt && closesAt && closesAt <= opensAt) {
      throw invalidRequest('closesAt must be after opensAt.');
    }
    if (terms.eligibility === 'list' && !opensAt) {
      throw invalidRequest('A campaign with a list needs opensAt: the list is uploaded before.');
    }
    const { campaign, isNew } = await this.campaigns.create(
      {
        id: terms.id,
        name: terms.name,
        capacity: terms.capacity,
        waitingCapacity: terms.waitingCapacity ?? Math.floor(terms.capacity / DEFAULT_WAITING_SHARE),
        amount: String(terms.amount),
        currency: terms.currency,
        reversalPolicy: terms.reversalPolicy ?? 'keep',
        payoutProvider: terms.payoutProvider ?? this.environment.PAYOUT_PROVIDER,
        eligibility: terms.eligibility ?? 'everybody',
        opensAt,
        closesAt,
      },
      { actor: identity.subject },
    );
    response.status(isNew ? 201 : 200);
    const counts = isNew ? { available: campaign.capacity, waiting: 0 } : await this.pages.left(campaign);
    return toCampaignDetails(campaign, counts);
  }

  @Patch(':id')
  @NeedsScope('grants:campaigns')
  @HttpCode(200)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'Pause, resume or close a campaign, rename it, or change when it opens and closes',
  })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description:
      'the ETag of the terms that the change is meant for: if they were changed meanwhile, nothing is changed ' +
      '(`changed-meanwhile`). Without it the change is made whatever stands',
  })
  @ApiOkResponse({
    type: CampaignDetails,
    description: 'the campaign as it is now',
    headers: TERMS_TAG,
  })
  @ApiProblems(
    ...([
      'invalid-token',
      'forbidden',
      'cross-site',
      'unknown-campaign',
      'illegal-transition',
      'changed-meanwhile',
    ] as const),
  )
  async change(
    @Param('id') id: string,
    @Body() { name, state, opensAt, closesAt, reason }: ChangeCampaignDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Req() { identity }: IdentifiedRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CampaignDetails> {
    if ([name, state, opensAt, closesAt].every((one) => one === undefined)) {
      throw invalidRequest('Name at least one of name, state, opensAt, closesAt.');
    }
    const change = { name, state, opensAt: toDate(opensAt), closesAt: toDate(closesAt) };
    const operator = { actor: identity.subject, reason };
    const changed = await this.campaigns.change(id, change, operator, tagsToMatch(ifMatch));
    const details = toCampaignDetails(changed, await this.pages.left(changed));
    response.setHeader('ETag', tagOfTerms(details));
    return details;
  }

  @Delete(':id')
  @NeedsScope('grants:campaigns')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a campaign that nobody has claimed; its budget returns, its id stays taken',
  })
  @ApiNoContentResponse({ description: 'deleted, now or before' })
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-campaign', 'illegal-transition')
  async delete(@Param('id') id: string, @Req() { identity }: IdentifiedRequest): Promise<void> {
    await this.campaigns.delete(id, { actor: identity.subject });
  }
}

/** Leaves undefined ("as it was") and null ("none") as they are. */
function toDate<Absent extends null | undefined>(time: string | Absent): Date | Absent {
  return typeof time === 'string' ? new Date(time) : time;
}
