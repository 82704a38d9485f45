import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Environment } from '../config/environment.js';
import type { Identity } from './identity.js';
import type { Issuer } from './issuer.js';
import { invalidToken, missingToken, type TokenClaims } from './token-claims.js';
import { TokenIssuers } from './token-issuers.js';
import { checkTimes, type TimeRules } from './token-times.js';

/** The maximum number of remembered tokens, of 200 to 300 bytes each. */
const REMEMBERED = 10_000;

interface Verified {
  readonly identity: Identity;
  /** ms since 1970, by this node's clock, against which a token's own times are checked. */
  readonly until: number;
}

/** Whether a request's Authorization header is meant for us. One of another scheme may be for a proxy in front. */
export function isBearer(authorization: string | undefined): boolean {
  return authorization !== undefined && /^Bearer\b/i.test(authorization);
}

/** Identifies the sender of a request by its bearer token alone. A token that is used again is recognised. */
@Injectable()
export class TokenVerifier implements OnApplicationShutdown {
  private readonly issuers: TokenIssuers;
  private readonly times: TimeRules;
  private readonly remembered = new LRUCache<string, Verified>({ max: REMEMBERED });

  constructor(environment: Environment) {
    this.issuers = new TokenIssuers(environment);
    this.times = { leeway: environment.JWT_LEEWAY_SECONDS, requireEnd: environment.JWT_REQUIRE_EXP };
  }

  /**
   * @param authorization the request's Authorization header
   * @returns a promise only if a key may have to be fetched
   * @throws Problem 401 if it holds no token that is valid now, 503 if the key set cannot be fetched
   */
  identify(authorization: string | undefined): Identity | Promise<Identity> {
    if (authorization === undefined || !isBearer(authorization)) throw missingToken();
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw invalidToken('Send one token after Bearer and a space.');
    const known = this.remembered.get(token);
    if (known && Date.now() < known.until) return known.identity;
    const issuer = this.issuers.of(token);
    const claims = issuer.verify(token);
    return claims instanceof Promise
      ? claims.then((verified) => this.remember(token, verified, issuer))
      : this.remember(token, claims, issuer);
  }

  onApplicationShutdown(): void {
    this.issuers.close();
  }

  private remember(
    token: string,
    claims: TokenClaims,
    { identityIn, rememberedForMs, seen }: Issuer,
  ): Identity {
    const now = Date.now();
    checkTimes(claims, now / 1_000, this.times);
    const identity = identityIn(claims);
    if (!seen || seen.test(token)) {
      const { exp } = claims;
      const end = typeof exp === 'number' ? (exp + this.times.leeway) * 1_000 : Infinity;
      this.remembered.set(token, { identity, until: Math.min(end, now + rememberedForMs) });
    }
    return identity;
  }
}
