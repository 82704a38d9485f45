import { Controller, Get, Header, Param, Post, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { BearerGuard } from '../identity/bearer.guard.js';
import { CurrentUserId } from '../identity/current-user-id.js';
import { ApiProblems } from '../problems/api-problems.js';
import { DeadlineInterceptor } from '../http/deadline.interceptor.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { UserLimitGuard } from '../rate-limits/user-limit.guard.js';
import { ClaimService } from './claim.service.js';
import { GrantView, toGrantView } from './grant.dto.js';
import { NoBodyGuard } from './no-body.guard.js';
import { refusal } from './refusals.js';

@ApiTags('grants')
@ApiBearerAuth()
@Controller('v1/campaigns/:id/grants')
@UseGuards(AddressLimitGuard, BearerGuard, UserLimitGuard)
@UseInterceptors(DeadlineInterceptor)
export class GrantsController {
  constructor(private readonly claims: ClaimService) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  @UseGuards(NoBodyGuard)
  @ApiOperation({
    summary: 'Ask for a slot. Idempotent: the same user gets the same place again, as it stands by then',
  })
  @ApiAcceptedResponse({
    type: GrantView,
    description: 'The first time: a slot, or a place in the line. It is durable.',
  })
  @ApiOkResponse({ type: GrantView, description: 'Asked before: the claim as it stands now.' })
  @ApiProblems(400, 401, 404, 409, 410, 413, 415, 429, 503)
  async claim(
    @Param('id') campaignId: string,
    @CurrentUserId() userId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GrantView> {
    const outcome = await this.claims.claim(campaignId, userId);
    if (outcome.kind !== 'claimed') throw refusal(outcome);
    response.status(outcome.fresh ? 202 : 200);
    return toGrantView(campaignId, outcome.record, outcome.waitingPosition);
  }

  @Get('me')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What became of my claim' })
  @ApiOkResponse({ type: GrantView })
  @ApiProblems(401, 404, 429, 503)
  async read(@Param('id') campaignId: string, @CurrentUserId() userId: string): Promise<GrantView> {
    const { record, waitingPosition } = await this.claims.find(campaignId, userId);
    return toGrantView(campaignId, record, waitingPosition);
  }
}
