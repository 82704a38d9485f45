import { Controller, Get, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { OperatorSessions } from '../sessions/operator-sessions.js';
import { LoginFlows } from './login-flows.js';
import { LoginQuery } from './login.dto.js';
import { scopesOf } from './operator-scopes.js';

/** The login of operators: a client, cookies and sessions of its own, so that neither login opens the other's calls. */
@ApiExcludeController()
@Controller('console/login')
@UseGuards(AddressLimitGuard)
export class OperatorLoginController {
  constructor(
    private readonly environment: Environment,
    private readonly flows: LoginFlows,
    private readonly sessions: OperatorSessions,
  ) {}

  @Get()
  async start(
    @Req() request: Request,
    @Res() response: Response,
    @Query() { returnTo }: LoginQuery,
  ): Promise<void> {
    await this.flows.forOperators().start(request, response, returnTo);
  }

  @Get('callback')
  async finish(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.flows.forOperators().finish(request, response, (who) => {
      return this.sessions.begin({ ...who, scopes: scopesOf(who, this.environment) });
    });
  }
}
