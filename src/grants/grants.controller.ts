import { Controller, Delete, Get, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import { Deadline } from '../platform/http/deadline.js';
import { Direct } from '../platform/http/direct-declarations.js';
import { JSON_TYPE, sendJson } from '../platform/http/send-json.js';
import { sendProblem } from '../platform/http/send-problem.js';
import { BearerGuard } from '../platform/identity/bearer.guard.js';
import { currentUserId } from '../platform/identity/current-user-id.js';
import type { IdentifiedRequest } from '../platform/identity/identity.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { AddressLimitGuard } from '../platform/rate-limits/address-limit.guard.js';
import { UserLimitGuard } from '../platform/rate-limits/user-limit.guard.js';
import { Problem } from '../platform/problems/problem.js';
import { isOut } from './claims/claim-record.js';
import { ClaimService } from './claims/claim.service.js';
import { GrantView, toGrantView } from './grant.dto.js';
import { Leaving } from './claims/leaving.js';
import { NoBodyGuard } from './no-body.guard.js';
import { refusal } from './refusals.js';
import { ClaimRoomGuard, StatusRoomGuard } from './room-guards.js';
import { StatusGathering } from './claims/status-gathering.js';

/** The answer may change at any time, so it is not cached. */
const CURRENT = { ...JSON_TYPE, 'Cache-Control': 'no-store' };

type CampaignRequest = IdentifiedRequest & { readonly params: { readonly id: string } };

/** Lets a user ask for a slot, leave the line, and read the claim. */
@ApiTags('grants')
@ApiBearerAuth()
@ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
@Controller('v1/campaigns/:id/grants')
export class GrantsController {
  constructor(
    private readonly claims: ClaimService,
    private readonly statuses: StatusGathering,
    private readonly leaving: Leaving,
    private readonly deadline: Deadline,
  ) {}

  @Post()
  @Direct()
  @UseGuards(ClaimRoomGuard, AddressLimitGuard, BearerGuard, UserLimitGuard, NoBodyGuard)
  @ApiOperation({
    summary: 'Ask for a slot. Idempotent: asking again returns the same place, in its current state',
  })
  @ApiAcceptedResponse({
    type: GrantView,
    description: 'The first time: a slot, or a place in the line. It is durable.',
  })
  @ApiOkResponse({ type: GrantView, description: 'Asked before: the claim as it stands now.' })
  @ApiProblems('invalid-token', 'unknown-campaign', 'sold-out', 'not-open', 'paused', 'closed')
  async claim(@Req() request: CampaignRequest, @Res() response: ServerResponse): Promise<void> {
    const campaignId = request.params.id;
    const outcome = await this.deadline.within(this.claims.claim(campaignId, currentUserId(request)));
    if (outcome.kind === 'claimed') {
      const view = toGrantView(campaignId, outcome.record, outcome.waitingPosition);
      sendJson(response, outcome.fresh ? 202 : 200, JSON.stringify(view), CURRENT);
    } else {
      sendProblem(response, refusal(outcome));
    }
  }

  @Delete('me')
  @UseGuards(ClaimRoomGuard, AddressLimitGuard, BearerGuard, UserLimitGuard, NoBodyGuard)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Leave the line for good: asking again gives no other place. A user who has a grant keeps it',
  })
  @ApiOkResponse({ type: GrantView, description: 'LEFT; or ENDED, when the campaign had ended before.' })
  @ApiProblems('invalid-token', 'no-claim', 'illegal-transition')
  async leave(@Req() request: CampaignRequest): Promise<GrantView> {
    const campaignId = request.params.id;
    const record = await this.deadline.within(this.leaving.leave(campaignId, currentUserId(request)));
    if (!isOut(record.status)) {
      throw new Problem(409, 'illegal-transition', 'Only a user who waits can leave', {
        detail: 'This user has a grant.',
        members: { claimStatus: record.status },
      });
    }
    return toGrantView(campaignId, record, null);
  }

  @Get('me')
  @Direct()
  @UseGuards(StatusRoomGuard, AddressLimitGuard, BearerGuard, UserLimitGuard)
  @ApiOperation({ summary: 'The current state of my claim' })
  @ApiOkResponse({ type: GrantView })
  @ApiProblems('invalid-token', 'no-claim')
  async read(@Req() request: CampaignRequest, @Res() response: ServerResponse): Promise<void> {
    const campaignId = request.params.id;
    const found = await this.deadline.within(this.statuses.ask(campaignId, currentUserId(request)));
    if (!found) throw new Problem(404, 'no-claim', 'This user has no claim in this campaign');
    const view = toGrantView(campaignId, found.record, found.waitingPosition);
    sendJson(response, 200, JSON.stringify(view), CURRENT);
  }
}
