import { Controller, Get, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { ClaimantSessions } from '../sessions/claimant-sessions.js';
import { LoginFlows } from './login-flows.js';
import { LoginQuery } from './login.dto.js';
import { UserIds } from './user-ids.js';

/** The login of claimants: addresses for browsers, which no program calls, so that OpenAPI leaves them out. */
@ApiExcludeController()
@Controller('login')
@UseGuards(AddressLimitGuard)
export class ClaimantLoginController {
  constructor(
    private readonly flows: LoginFlows,
    private readonly userIds: UserIds,
    private readonly sessions: ClaimantSessions,
  ) {}

  @Get()
  async start(
    @Req() request: Request,
    @Res() response: Response,
    @Query() { returnTo }: LoginQuery,
  ): Promise<void> {
    await this.flows.forClaimants().start(request, response, returnTo);
  }

  @Get('callback')
  async finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.flows.forClaimants().finish(request, response, async (who) => {
      return this.sessions.begin({ userId: await this.userIds.of(who), name: who.name });
    });
  }
}
