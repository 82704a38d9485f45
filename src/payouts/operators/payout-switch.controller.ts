import { Body, Get, HttpCode, Param, Patch, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Reasoned } from '../../platform/admin/operator.js';
import { CampaignsService } from '../../campaigns/campaigns.service.js';
import type { IdentifiedRequest } from '../../platform/identity/identity.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { type PayoutStop, PayoutSwitch, SWITCH_STATES, type SwitchState } from './payout-switch.js';

class TurnSwitchDto extends Reasoned {
  @ApiProperty({
    enum: SWITCH_STATES,
    description: 'STOPPED: no payout is begun; those under way are finished. RUNNING: payouts go on',
  })
  @IsIn(SWITCH_STATES)
  readonly state: SwitchState;
}

class PayoutStopView {
  @ApiProperty({ type: String, nullable: true, description: 'null: the payouts of all campaigns' })
  readonly campaignId: string | null;

  @ApiProperty({ type: String, format: 'date-time', description: 'since when' })
  readonly stoppedAt: Date;
}

class PayoutSwitchView {
  @ApiProperty({ enum: SWITCH_STATES, description: 'of all campaigns' })
  readonly state: SwitchState;

  @ApiProperty({ type: [PayoutStopView], description: 'everything that is stopped' })
  readonly stops: PayoutStopView[];
}

class CampaignSwitchView {
  @ApiProperty({ description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({
    enum: SWITCH_STATES,
    description: 'STOPPED also while the payouts of all campaigns are stopped',
  })
  readonly state: SwitchState;
}

@AdminController('v1')
export class PayoutSwitchController {
  constructor(
    private readonly payouts: PayoutSwitch,
    private readonly campaigns: CampaignsService,
  ) {}

  @Get('payouts')
  @NeedsScope('grants:read')
  @ApiOperation({ summary: 'Which payouts are stopped' })
  @ApiOkResponse({ type: PayoutSwitchView, description: 'what is stopped now' })
  @ApiProblems('invalid-token', 'forbidden')
  async read(): Promise<PayoutSwitchView> {
    return toView(await this.payouts.stops());
  }

  @Patch('payouts')
  @NeedsScope('grants:payouts')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop the payouts of all campaigns, or resume them' })
  @ApiOkResponse({ type: PayoutSwitchView, description: 'what is stopped now' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site')
  async turnAll(
    @Body() { state, reason }: TurnSwitchDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<PayoutSwitchView> {
    return toView(await this.payouts.turnAll(state, { actor: identity.subject, reason }));
  }

  @Patch('campaigns/:id/payouts')
  @NeedsScope('grants:payouts')
  @HttpCode(200)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'Stop the payouts of a campaign, or resume them' })
  @ApiOkResponse({ type: CampaignSwitchView, description: 'whether payouts of the campaign are stopped now' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-campaign')
  async turn(
    @Param('id') id: string,
    @Body() { state, reason }: TurnSwitchDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<CampaignSwitchView> {
    await this.campaigns.get(id);
    const operator = { actor: identity.subject, reason };
    return { campaignId: id, state: await this.payouts.turnOne(state, id, operator) };
  }
}

/** @param stops the stop of all first */
function toView(stops: PayoutStop[]): PayoutSwitchView {
  return { state: stops[0]?.campaignId === null ? 'STOPPED' : 'RUNNING', stops };
}
