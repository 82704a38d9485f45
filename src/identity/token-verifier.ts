import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Environment } from '../config/environment.js';
import type { Identity } from './identity.js';
import { keySetTokens } from './key-set-tokens.js';
import { SeenBefore } from './seen-before.js';
import { sharedSecretTokens } from './shared-secret-tokens.js';
import { invalidToken, type TokenClaims } from './token-claims.js';
import { checkTimes } from './token-times.js';

/** Tokens remembered at most, of 200 to 300 bytes each. */
const REMEMBERED = 10_000;

/** No longer than jose takes a key set for current: a token whose key was withdrawn must not outlive that here. */
const REMEMBERED_FOR_MS = 600_000;

/** About twice as many tokens as are remembered are recognised when they come for the second time. */
const SEEN_PLACES = 32_768;

interface Verified {
  readonly identity: Identity;
  /** ms since 1970, by this node's clock, which is what a token's own times are held against. */
  readonly until: number;
}

/** Tells who sent a request, from its bearer token alone. Who asks again with the same token is recognised. */
@Injectable()
export class TokenVerifier {
  private readonly verify: (token: string) => TokenClaims | Promise<TokenClaims>;
  private readonly remembered = new LRUCache<string, Verified>({ max: REMEMBERED });
  /**
   * Whose token is dear to verify is remembered at once; with a shared secret, who comes again: most people of a rush come
   * once, and to remember and forget them all would cost more than to verify the tokens of the others twice.
   */
  private readonly seen: SeenBefore | undefined;

  constructor({ JWT_SECRET, JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE }: Environment) {
    const expected = { issuer: JWT_ISSUER, audience: JWT_AUDIENCE };
    this.verify =
      JWT_SECRET === undefined
        ? keySetTokens(JWT_JWKS_URL ?? '', expected)
        : sharedSecretTokens(JWT_SECRET, expected);
    this.seen = JWT_SECRET === undefined ? undefined : new SeenBefore(SEEN_PLACES);
  }

  /**
   * @param authorization the request's Authorization header
   * @returns at once where no key has to be fetched
   * @throws Problem 401 if it holds no token that is valid now, 503 if the key set can't be had
   */
  identify(authorization: string | undefined): Identity | Promise<Identity> {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw invalidToken('Send an Authorization header: Bearer <token>.');
    const known = this.remembered.get(token);
    if (known && Date.now() < known.until) return known.identity;
    const claims = this.verify(token);
    return claims instanceof Promise
      ? claims.then((verified) => this.remember(token, verified))
      : this.remember(token, claims);
  }

  private remember(token: string, claims: TokenClaims): Identity {
    const now = Date.now();
    checkTimes(claims, now / 1_000);
    const { sub, scope, exp } = claims;
    if (typeof sub !== 'string' || sub === '') throw invalidToken('The token names no subject.');
    const identity = { subject: sub, scopes: typeof scope === 'string' ? scope.split(' ') : NO_SCOPES };
    if (!this.seen || this.seen.test(token)) {
      const until = Math.min(typeof exp === 'number' ? exp * 1_000 : Infinity, now + REMEMBERED_FOR_MS);
      this.remembered.set(token, { identity, until });
    }
    return identity;
  }
}

const NO_SCOPES: readonly string[] = [];
