import { Controller, Get, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment.js';
import { ApiProblems } from '../problems/api-problems.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { ClaimantSessions } from './claimant-sessions.js';
import { claimantLoginPath } from './login-paths.js';
import { OwnSite } from './own-site.js';
import { ClaimantSessionView } from './session.dto.js';

/** Tells a page who is signed in, and signs out. */
@ApiTags('sessions')
@Controller()
@UseGuards(AddressLimitGuard)
export class ClaimantSessionController {
  constructor(
    private readonly environment: Environment,
    private readonly sessions: ClaimantSessions,
    private readonly site: OwnSite,
  ) {}

  @Get('v1/session')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Who is signed in as a claimant, by the cookie of this request' })
  @ApiOkResponse({ type: ClaimantSessionView, description: 'who is signed in, or that nobody is' })
  @ApiProblems()
  read(@Req() request: Request): ClaimantSessionView {
    const session = this.sessions.of(request);
    const user = session && { ...session, expiresAt: new Date(session.expiresAt).toISOString() };
    return { user, loginUrl: claimantLoginPath(this.environment) };
  }

  @Post('logout')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Sign out as a claimant: the browser forgets the cookie' })
  @ApiNoContentResponse({ description: 'Nobody is signed in any more.' })
  @ApiProblems('cross-site')
  end(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    if (!this.sessions.isIn(request)) return;
    this.site.refuseOtherSites(request);
    response.append('Set-Cookie', this.site.forget('session'));
  }
}
