import { Body, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { IdentifiedRequest } from '../platform/identity/identity.js';
import { NeedsScope } from '../platform/identity/scopes.js';
import { AdminController } from '../platform/admin/admin-controller.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { invalidRequest } from '../platform/problems/problem.js';
import { CampaignPages } from './campaign-pages.js';
import { toCampaignView } from './campaign-view.js';
import { CampaignView, ChangeCampaignDto, CreateCampaignDto } from './campaign.dto.js';
import { CampaignsService } from './campaigns.service.js';

const DEFAULT_WAITING_SHARE = 10;

@AdminController('v1/campaigns')
export class CampaignsAdminController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly pages: CampaignPages,
  ) {}

  @Post()
  @NeedsScope('grants:campaigns')
  @ApiOperation({ summary: 'Create a campaign and fund it; it is open at once, or from opensAt' })
  @ApiCreatedResponse({ type: CampaignView })
  @ApiProblems('invalid-token', 'forbidden', 'campaign-exists', 'does-not-fit', 'over-budget')
  async create(
    @Body() terms: CreateCampaignDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<CampaignView> {
    const opensAt = toDate(terms.opensAt) ?? null;
    const closesAt = toDate(terms.closesAt) ?? null;
    if (opensAt && closesAt && closesAt <= opensAt) {
      throw invalidRequest('closesAt must be after opensAt.');
    }
    const campaign = await this.campaigns.create(
      {
        id: terms.id,
        name: terms.name,
        capacity: terms.capacity,
        waitingCapacity: terms.waitingCapacity ?? Math.floor(terms.capacity / DEFAULT_WAITING_SHARE),
        amount: String(terms.amount),
        currency: terms.currency,
        reversalPolicy: terms.reversalPolicy,
        opensAt,
        closesAt,
      },
      { actor: identity.subject },
    );
    return toCampaignView(campaign, { available: campaign.capacity, waiting: 0 });
  }

  @Patch(':id')
  @NeedsScope('grants:campaigns')
  @HttpCode(200)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'Pause, resume or close a campaign, or change when it opens and closes' })
  @ApiOkResponse({ type: CampaignView })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign', 'illegal-transition')
  async change(
    @Param('id') id: string,
    @Body() { state, opensAt, closesAt, reason }: ChangeCampaignDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<CampaignView> {
    if (state === undefined && opensAt === undefined && closesAt === undefined) {
      throw invalidRequest('Name at least one of state, opensAt, closesAt.');
    }
    const change = { state, opensAt: toDate(opensAt), closesAt: toDate(closesAt) };
    const changed = await this.campaigns.change(id, change, { actor: identity.subject, reason });
    return toCampaignView(changed, await this.pages.left(changed));
  }
}

/** Leaves undefined ("as it was") and null ("none") as they are. */
function toDate<Absent extends null | undefined>(time: string | Absent): Date | Absent {
  return typeof time === 'string' ? new Date(time) : time;
}
