import { Injectable } from '@nestjs/common';
import { Deadline } from '../http/deadline.js';
import { RequestCheck } from '../http/request-check.js';
import type { IdentifiedRequest, Identity } from '../identity/identity.js';
import { MadeUserIds } from '../identity/made-user-ids.js';
import { endedSession } from '../identity/token-claims.js';
import { isBearer, TokenVerifier } from '../identity/token-verifier.js';
import { Problem } from '../problems/problem.js';
import { ClaimantSessions } from './claimant-sessions.js';
import { OwnSite } from './own-site.js';

const NO_SCOPES: readonly string[] = [];

/** A call of claimants names its campaign in its path. */
type ClaimantRequest = IdentifiedRequest & { readonly params: { readonly id: string } };

/**
 * Lets a request through if its bearer token or, without one, its cookie names the sender. Both cost no I/O, so that a
 * rush may use either (a token of a key set may have to wait for a key, and the first one of a partner's person for its
 * user id). A cookie has no scopes.
 */
@Injectable()
export class ClaimantGuard extends RequestCheck {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly sessions: ClaimantSessions,
    private readonly madeIds: MadeUserIds,
    private readonly site: OwnSite,
    private readonly deadline: Deadline,
  ) {
    super();
  }

  /** @throws Problem 401, 403 `cross-site` or `issuer-not-admitted`; 503 for partners while Postgres is out of reach */
  check(request: ClaimantRequest): void | Promise<void> {
    const { authorization } = request.headers;
    if (!isBearer(authorization) && this.sessions.isIn(request)) {
      this.bySession(request);
      return;
    }
    const identity = this.tokens.identify(authorization);
    return identity instanceof Promise
      ? identity.then((known) => this.byToken(request, known))
      : this.byToken(request, identity);
  }

  /** @returns a promise only for people of partners, whose user ids are made here */
  private byToken(request: ClaimantRequest, identity: Identity): void | Promise<void> {
    const { partners } = identity;
    if (!partners) {
      request.identity = identity;
      return;
    }
    const { issuer, subject, isAdmittedTo } = partners;
    if (!isAdmittedTo(request.params.id)) throw new Problem(403, 'issuer-not-admitted');
    return this.deadline.within(this.madeIds.of(issuer, subject)).then((user) => {
      request.identity = { ...identity, user };
    });
  }

  private bySession(request: ClaimantRequest): void {
    this.site.refuseOtherSites(request);
    const session = this.sessions.of(request);
    if (!session) throw endedSession();
    request.identity = { subject: session.userId, user: session.userId, scopes: NO_SCOPES };
  }
}
