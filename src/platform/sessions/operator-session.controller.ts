import {
  Controller,
  Get,
  Header,
  HttpCode,
  Post,
  Req,
  Res,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment.js';
import { DeadlineInterceptor } from '../http/deadline.interceptor.js';
import { ApiProblems } from '../problems/api-problems.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { operatorLoginPath } from './login-paths.js';
import { operatorName } from './operator-name.js';
import { OperatorSessions } from './operator-sessions.js';
import { OwnSite } from './own-site.js';
import { OperatorSessionView } from './session.dto.js';

/** Tells the console who is signed in and what they may do, and signs out. */
@ApiTags('sessions')
@Controller()
@UseGuards(AddressLimitGuard)
@UseInterceptors(DeadlineInterceptor)
export class OperatorSessionController {
  constructor(
    private readonly environment: Environment,
    private readonly sessions: OperatorSessions,
    private readonly site: OwnSite,
  ) {}

  @Get('v1/operator-session')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Who is signed in as an operator, by the cookie of this request, and their scopes',
  })
  @ApiOkResponse({ type: OperatorSessionView, description: 'who is signed in, or that nobody is' })
  @ApiProblems()
  async read(@Req() request: Request): Promise<OperatorSessionView> {
    const session = await this.sessions.look(request);
    const operator = session && {
      id: operatorName(session, this.environment.JWT_ISSUER),
      name: session.name,
      scopes: session.scopes,
      expiresAt: session.expiresAt.toISOString(),
    };
    return { operator, loginUrl: operatorLoginPath(this.environment) };
  }

  @Post('console/logout')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Sign out as an operator: the session ends, for every copy of its cookie' })
  @ApiNoContentResponse({ description: 'Nobody is signed in any more.' })
  @ApiProblems('cross-site')
  async end(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    if (!this.sessions.isIn(request)) return;
    this.site.refuseOtherSites(request);
    await this.sessions.end(request);
    response.append('Set-Cookie', this.site.forget('console'));
  }
}
