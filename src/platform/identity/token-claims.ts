import { Problem } from '../problems/problem.js';

/** What a token says whose signature, issuer and audience are right. Nothing of it has been checked to be of its type. */
export interface TokenClaims {
  readonly sub?: unknown;
  readonly scope?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly iat?: unknown;
  readonly [claim: string]: unknown;
}

/** A 401 as RFC 6750 (Bearer Token Usage, 3) has it. */
export function invalidToken(detail: string): Problem {
  return new Problem(401, 'invalid-token', 'A valid bearer token is needed', {
    detail,
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}

export function expiredToken(): Problem {
  return invalidToken('The token has expired.');
}

/** Forged, mangled, not yet valid, or meant for somebody else: which of these is nobody's business. */
export function refusedToken(): Problem {
  return invalidToken('The token is not valid.');
}
