import { Problem } from '../problems/problem.js';

/** The claims of a token whose signature, issuer and audience are valid. Their types are not checked yet. */
export interface TokenClaims {
  readonly sub?: unknown;
  readonly scope?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly iat?: unknown;
  readonly [claim: string]: unknown;
}

/** A 401 as RFC 6750 (Bearer Token Usage, 3) defines it. */
export function invalidToken(detail: string): Problem {
  return new Problem(401, 'invalid-token', 'A valid bearer token is needed', {
    detail,
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}

export function expiredToken(): Problem {
  return invalidToken('The token has expired.');
}

/** Forged, malformed, not yet valid, or meant for somebody else: the answer does not say which. */
export function refusedToken(): Problem {
  return invalidToken('The token is not valid.');
}
