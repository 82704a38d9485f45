import { expiredToken, refusedToken, type TokenClaims } from './token-claims.js';

/** What a token's times are held against. */
export interface TimeRules {
  /** Seconds by which the issuer's clock may differ from ours, either way. */
  readonly leeway: number;
  /** Whether a token must say when it ends. */
  readonly requireEnd: boolean;
}

/**
 * Holds a verified token's times against `now`, as RFC 7519, 4.1.4 to 4.1.6 has them: over on or after `exp`, nothing yet
 * before `nbf`, and each a number, `iat` too. An `iat` that lies ahead refuses nothing: the RFC gives it no such meaning, and
 * who wants a token to begin later says `nbf`.
 * @param now seconds since 1970, by this node's clock: what the issuer meant is no business of Postgres' or Redis'
 * @throws Problem 401
 */
export function checkTimes({ exp, nbf, iat }: TokenClaims, now: number, rules: TimeRules): void {
  for (const time of [exp, nbf, iat])
    if (time !== undefined && typeof time !== 'number') throw refusedToken();
  if (typeof nbf === 'number' && nbf > now + rules.leeway) throw refusedToken();
  if (typeof exp === 'number' && exp <= now - rules.leeway) throw expiredToken();
  if (exp === undefined && rules.requireEnd) throw refusedToken();
}
