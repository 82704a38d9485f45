import { expiredToken, refusedToken, type TokenClaims } from './token-claims.js';

/** The rules for a token's times. */
export interface TimeRules {
  /** Seconds by which the issuer's clock may differ from ours, either way. */
  readonly leeway: number;
  /** Whether a token must have `exp`. */
  readonly requireEnd: boolean;
}

/**
 * Checks a verified token's times against `now`, as RFC 7519, 4.1.4 to 4.1.6 defines them: expired on or after `exp`,
 * not yet valid before `nbf`; each must be a number, `iat` too. An `iat` in the future is no reason to refuse: the RFC
 * gives it no such meaning, and an issuer that wants a token to begin later sets `nbf`.
 * @param now seconds since 1970, by this node's clock: the clocks of Postgres and Redis have no part in tokens
 * @throws Problem 401
 */
export function checkTimes({ exp, nbf, iat }: TokenClaims, now: number, rules: TimeRules): void {
  for (const time of [exp, nbf, iat])
    if (time !== undefined && typeof time !== 'number') throw refusedToken();
  if (typeof nbf === 'number' && nbf > now + rules.leeway) throw refusedToken();
  if (typeof exp === 'number' && exp <= now - rules.leeway) throw expiredToken();
  if (exp === undefined && rules.requireEnd) throw refusedToken();
}
