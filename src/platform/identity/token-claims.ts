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

const REALM = 'Bearer realm="seonchak"';

/** A 401 as RFC 6750 (Bearer Token Usage, 3) defines it. @param detail ASCII, without quotation marks */
export function invalidToken(detail: string): Problem {
  return new Problem(401, 'invalid-token', undefined, {
    detail,
    headers: { 'WWW-Authenticate': `${REALM}, error="invalid_token", error_description="${detail}"` },
  });
}

/** The request names no token: then the RFC wants no error code, only the challenge. */
export function missingToken(): Problem {
  return new Problem(401, 'invalid-token', undefined, { headers: { 'WWW-Authenticate': REALM } });
}

/** The request's cookie is of a login that is over, or not of ours. */
export function endedSession(): Problem {
  return new Problem(401, 'invalid-token', undefined, {
    detail: 'The login has ended. Sign in again, or send a bearer token.',
    headers: { 'WWW-Authenticate': REALM },
  });
}

/** A 403 as the same section defines it: the token is valid, and lacks a scope. */
export function insufficientScope(scope: string): Problem {
  return new Problem(403, 'forbidden', undefined, {
    detail: `This needs the scope ${scope}.`,
    headers: { 'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
  });
}

export function expiredToken(): Problem {
  return invalidToken('The token has expired.');
}

/** Forged, malformed, not yet valid, or meant for somebody else: the answer does not say which. */
export function refusedToken(): Problem {
  return invalidToken('The token is not valid.');
}
