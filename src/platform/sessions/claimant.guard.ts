import { Injectable } from '@nestjs/common';
import { RequestCheck } from '../http/request-check.js';
import type { IdentifiedRequest } from '../identity/identity.js';
import { endedSession } from '../identity/token-claims.js';
import { isBearer, TokenVerifier } from '../identity/token-verifier.js';
import { ClaimantSessions } from './claimant-sessions.js';
import { OwnSite } from './own-site.js';

const NO_SCOPES: readonly string[] = [];

/**
 * Lets a request through if its bearer token or, without one, its cookie names the sender. Both cost no I/O, so that a
 * rush may use either (a token of a key set may have to wait for a key). A cookie has no scopes.
 */
@Injectable()
export class ClaimantGuard extends RequestCheck {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly sessions: ClaimantSessions,
    private readonly site: OwnSite,
  ) {
    super();
  }

  check(request: IdentifiedRequest): void | Promise<void> {
    const { authorization } = request.headers;
    if (!isBearer(authorization) && this.sessions.isIn(request)) {
      this.bySession(request);
      return;
    }
    const identity = this.tokens.identify(authorization);
    if (identity instanceof Promise)
      return identity.then((known) => {
        request.identity = known;
      });
    request.identity = identity;
  }

  private bySession(request: IdentifiedRequest): void {
    this.site.refuseOtherSites(request);
    const session = this.sessions.of(request);
    if (!session) throw endedSession();
    request.identity = { subject: session.userId, user: session.userId, scopes: NO_SCOPES };
  }
}
