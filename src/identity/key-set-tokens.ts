import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { unavailable } from '../problems/problem.js';
import type { ExpectedClaims } from './shared-secret-tokens.js';
import { expiredToken, refusedToken, type TokenClaims } from './token-claims.js';

/** With a key set only signatures whose key can be public: a shared secret is never looked for there (RFC 8725, 3.1). */
const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const JWKS_TIMEOUT_MS = 1_000;

/**
 * Verifies tokens signed with a key of the set (RFC 7517) at `url`, which is fetched when it is needed and kept for a while.
 * @returns a function that fails with a Problem: 401 if the token is not valid now, 503 if the key set can't be had
 */
export function keySetTokens(url: string, expected: ExpectedClaims) {
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: JWKS_TIMEOUT_MS });
  return async (token: string): Promise<TokenClaims> => {
    try {
      return (await jwtVerify(token, keys, { ...expected, algorithms: ASYMMETRIC })).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expiredToken();
      if (areOutOfReach(error)) throw unavailable('The keys to check tokens with are out of reach.', error);
      throw refusedToken();
    }
  };
}

/** Fetching a key set fails with these, or with whatever `fetch` throws (a TypeError whose message is "fetch failed"). */
function areOutOfReach(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  if (error instanceof errors.JOSEError) return error.code === 'ERR_JOSE_GENERIC';
  return error instanceof TypeError && error.message === 'fetch failed';
}
