import { Body, Get, HttpCode, Param, Patch, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { CampaignReports } from '../../campaigns/reports/campaign-reports.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import type { IdentifiedRequest } from '../../platform/identity/identity.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { HeldUpPayouts } from './held-up.js';
import { PayoutDecisions } from './payout-decisions.js';
import { PayoutReports } from './payout-reports.js';
import { PayoutSwitch } from './payout-switch.js';
import {
  DecidePayoutDto,
  PayoutDetailView,
  PayoutPage,
  PayoutPageQuery,
  PayoutPath,
} from './payouts-admin.dto.js';

@AdminController('v1/campaigns/:id/payouts')
export class PayoutsAdminController {
  constructor(
    private readonly campaigns: CampaignReports,
    private readonly reports: PayoutReports,
    private readonly decisions: PayoutDecisions,
    private readonly payouts: PayoutSwitch,
    private readonly heldUp: HeldUpPayouts,
  ) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'Payouts in order of user ids, a page at a time, and why payouts of the campaign wait',
  })
  @ApiOkResponse({ type: PayoutPage, description: 'a page of payouts' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async list(
    @Param('id') id: string,
    @Query() { state, after, limit }: PayoutPageQuery,
  ): Promise<PayoutPage> {
    await this.campaigns.get(id);
    const page = await this.reports.page(id, state, after ?? '0', limit);
    return { state: await this.payouts.stateOf(id), heldUp: await this.heldUp.of(id), ...page };
  }

  @Get(':userId')
  @NeedsScope('grants:read')
  @ApiOperation({ summary: 'A payout, and everything that happened to it' })
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiParam({ name: 'userId', type: String, description: 'decimal, 1..2^63-1', example: '42' })
  @ApiOkResponse({ type: PayoutDetailView, description: 'the payout as it is now, and its history' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-payout')
  read(@Param() { id, userId }: PayoutPath): Promise<PayoutDetailView> {
    return this.decisions.read(id, userId);
  }

  @Patch(':userId')
  @NeedsScope('grants:payouts')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say what became of a payout that is in doubt' })
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiParam({ name: 'userId', type: String, description: 'decimal, 1..2^63-1', example: '42' })
  @ApiOkResponse({ type: PayoutDetailView, description: 'the payout as it is now, and its history' })
  @ApiProblems(
    'invalid-token',
    'forbidden',
    'cross-site',
    'needs-approval',
    'unknown-payout',
    'illegal-transition',
  )
  decide(
    @Param() { id, userId }: PayoutPath,
    @Body() decision: DecidePayoutDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<PayoutDetailView> {
    return this.decisions.decide(id, userId, decision, identity.subject);
  }
}
