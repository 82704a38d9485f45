import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { Deadline } from '../http/deadline.js';
import { RequestCheck } from '../http/request-check.js';
import type { IdentifiedRequest } from '../identity/identity.js';
import { endedSession } from '../identity/token-claims.js';
import { isBearer, TokenVerifier } from '../identity/token-verifier.js';
import { operatorName } from './operator-name.js';
import { OperatorSessions } from './operator-sessions.js';
import { OwnSite } from './own-site.js';

/**
 * Lets a request through if its bearer token or, without one, the console's cookie names an operator. What they may do
 * is for `ScopeGuard` to say. A claimant's cookie is not looked at.
 */
@Injectable()
export class OperatorGuard extends RequestCheck {
  constructor(
    private readonly environment: Environment,
    private readonly tokens: TokenVerifier,
    private readonly sessions: OperatorSessions,
    private readonly site: OwnSite,
    private readonly deadline: Deadline,
  ) {
    super();
  }

  /** @throws Problem 401, 403 `cross-site`; 503 while Postgres, which has the sessions, is out of reach */
  async check(request: IdentifiedRequest): Promise<void> {
    const { authorization } = request.headers;
    if (isBearer(authorization) || !this.sessions.isIn(request)) {
      request.identity = await this.tokens.identify(authorization);
      return;
    }
    this.site.refuseOtherSites(request);
    const session = await this.deadline.within(this.sessions.use(request));
    if (!session) throw endedSession();
    const subject = operatorName(session, this.environment.JWT_ISSUER);
    request.identity = { subject, user: undefined, scopes: session.scopes };
  }
}
