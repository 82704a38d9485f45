import { expiredToken, refusedToken, type TokenClaims } from './token-claims.js';

/**
 * Holds a verified token's times against `now`, as RFC 7519, 4.1.4 to 4.1.6 has them: over on or after `exp`, nothing yet
 * before `nbf`, and each a number, `iat` too.
 * @param now seconds since 1970, by this node's clock: what the issuer meant is no business of Postgres' or Redis'
 * @throws Problem 401
 */
export function checkTimes({ exp, nbf, iat }: TokenClaims, now: number): void {
  for (const time of [exp, nbf, iat])
    if (time !== undefined && typeof time !== 'number') throw refusedToken();
  if (typeof nbf === 'number' && nbf > now) throw refusedToken();
  if (typeof exp === 'number' && exp <= now) throw expiredToken();
}
