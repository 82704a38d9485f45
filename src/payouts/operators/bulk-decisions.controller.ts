import { Body, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { CampaignsService } from '../../campaigns/campaigns.service.js';
import { CampaignReports } from '../../campaigns/reports/campaign-reports.js';
import type { IdentifiedRequest } from '../../platform/identity/identity.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { invalidRequest } from '../../platform/problems/problem.js';
import {
  DecisionDetailView,
  DecisionPage,
  DecisionPageQuery,
  DecisionPath,
  DecisionView,
  ProposeDecisionDto,
} from './bulk-decisions.dto.js';
import { BulkDecisions } from './bulk-decisions.js';
import { DecisionRecords } from './decision-records.js';

const NEWEST = '9223372036854775807';

@AdminController('v1/campaigns/:id/payout-decisions')
export class BulkDecisionsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly reports: CampaignReports,
    private readonly decisions: BulkDecisions,
    private readonly records: DecisionRecords,
  ) {}

  @Post()
  @NeedsScope('grants:payouts')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'Propose to send many payouts again, or to say what became of them; somebody else approves it',
  })
  @ApiCreatedResponse({ type: DecisionView, description: 'the decision as it stands' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-campaign', 'illegal-transition')
  async propose(
    @Param('id') id: string,
    @Body() { decision, reason, heldBefore, ...scope }: ProposeDecisionDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<DecisionView> {
    await this.campaigns.get(id);
    if (scope.userIds && (scope.lastError ?? heldBefore ?? scope.after) !== undefined)
      throw invalidRequest('Name either userIds, or a filter on payouts that are HELD.');
    const which = { ...scope, heldBefore: heldBefore === undefined ? undefined : new Date(heldBefore) };
    return this.decisions.propose(id, which, { decision, reason }, identity.subject);
  }

  @Post(':decisionId/approval')
  @NeedsScope('grants:payouts')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approve what somebody else has proposed; it is applied at once' })
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiParam({
    name: 'decisionId',
    type: String,
    description: 'the id of the decision: a decimal',
    example: '7',
  })
  @ApiOkResponse({ type: DecisionView, description: 'the decision as it stands' })
  @ApiProblems(
    'invalid-token',
    'forbidden',
    'cross-site',
    'needs-approval',
    'unknown-decision',
    'illegal-transition',
  )
  approve(
    @Param() { id, decisionId }: DecisionPath,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<DecisionView> {
    return this.decisions.approve(id, decisionId, identity.subject);
  }

  @Get()
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'Decisions on many payouts, newest first, a page at a time' })
  @ApiOkResponse({ type: DecisionPage, description: 'a page of decisions' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async list(@Param('id') id: string, @Query() { before, limit }: DecisionPageQuery): Promise<DecisionPage> {
    await this.reports.get(id);
    const items = await this.records.page(id, before ?? NEWEST, limit);
    return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null };
  }

  @Get(':decisionId')
  @NeedsScope('grants:read')
  @ApiOperation({ summary: 'A decision, and the users whose payouts it covers' })
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiParam({
    name: 'decisionId',
    type: String,
    description: 'the id of the decision: a decimal',
    example: '7',
  })
  @ApiOkResponse({ type: DecisionDetailView, description: 'the decision as it stands, and whom it covers' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-decision')
  async read(@Param() { id, decisionId }: DecisionPath): Promise<DecisionDetailView> {
    const decision = await this.records.get(id, decisionId);
    return { ...decision, userIds: await this.records.userIds(decisionId) };
  }
}
