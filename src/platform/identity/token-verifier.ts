import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Environment } from '../config/environment.js';
import type { Identity } from './identity.js';
import { KeySet } from './key-set.js';
import { keySetTokens } from './key-set-tokens.js';
import { SeenBefore } from './seen-before.js';
import { sharedSecretTokens } from './shared-secret-tokens.js';
import { invalidToken, missingToken, type TokenClaims } from './token-claims.js';
import { checkTimes, type TimeRules } from './token-times.js';

/** The maximum number of remembered tokens, of 200 to 300 bytes each. */
const REMEMBERED = 10_000;

/**
 * How long a token is remembered. With a key set, no longer than its keys are current: withdrawing a key withdraws its
 * tokens.
 */
const REMEMBERED_FOR_MS = 600_000;

/** About twice as many tokens as are remembered are recognised when they are used for the second time. */
const SEEN_PLACES = 32_768;

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
  private readonly verify: (token: string) => TokenClaims | Promise<TokenClaims>;
  private readonly keySet: KeySet | undefined;
  private readonly times: TimeRules;
  private readonly userClaim: string;
  private readonly rememberedForMs: number;
  private readonly remembered = new LRUCache<string, Verified>({ max: REMEMBERED });
  /**
   * Set with a shared secret: then a token is remembered at its second use. Most people in a rush come once, and
   * remembering and forgetting them all would cost more than verifying the tokens of the others twice. Verifying with a
   * key set is expensive, so those tokens are remembered at once.
   */
  private readonly seen: SeenBefore | undefined;

  constructor(environment: Environment) {
    const { JWT_SECRET, JWT_JWKS_URL = '', JWT_LEEWAY_SECONDS, JWT_JWKS_REFRESH_MS } = environment;
    const expected = { issuer: environment.JWT_ISSUER, audience: environment.JWT_AUDIENCE };
    this.times = { leeway: JWT_LEEWAY_SECONDS, requireEnd: environment.JWT_REQUIRE_EXP };
    this.userClaim = environment.JWT_USER_CLAIM;
    if (JWT_SECRET !== undefined) {
      this.verify = sharedSecretTokens(JWT_SECRET, expected);
      this.seen = new SeenBefore(SEEN_PLACES);
      this.rememberedForMs = REMEMBERED_FOR_MS;
    } else {
      const times = { refreshMs: JWT_JWKS_REFRESH_MS, staleMs: environment.JWT_JWKS_STALE_MS };
      this.keySet = new KeySet(JWT_JWKS_URL, times);
      this.verify = keySetTokens(this.keySet, expected, JWT_LEEWAY_SECONDS);
      this.rememberedForMs = Math.min(REMEMBERED_FOR_MS, JWT_JWKS_REFRESH_MS);
    }
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
    const claims = this.verify(token);
    return claims instanceof Promise
      ? claims.then((verified) => this.remember(token, verified))
      : this.remember(token, claims);
  }

  onApplicationShutdown(): void {
    this.keySet?.close();
  }

  private remember(token: string, claims: TokenClaims): Identity {
    const now = Date.now();
    checkTimes(claims, now / 1_000, this.times);
    const { sub, scope, exp } = claims;
    if (typeof sub !== 'string' || sub === '') throw invalidToken('The token names no subject.');
    const user = this.userClaim === 'sub' ? sub : userIn(claims[this.userClaim]);
    const identity = { subject: sub, user, scopes: typeof scope === 'string' ? scope.split(' ') : NO_SCOPES };
    if (!this.seen || this.seen.test(token)) {
      const end = typeof exp === 'number' ? (exp + this.times.leeway) * 1_000 : Infinity;
      this.remembered.set(token, { identity, until: Math.min(end, now + this.rememberedForMs) });
    }
    return identity;
  }
}

/** A claim of the issuer's own may be a number, provided that it is a safe integer, so that no digit was lost. */
function userIn(claim: unknown): unknown {
  return Number.isSafeInteger(claim) ? String(claim) : claim;
}

const NO_SCOPES: readonly string[] = [];
