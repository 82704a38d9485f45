import { createVerifier, TokenError } from 'fast-jwt';
import { refusedToken, type TokenClaims } from './token-claims.js';

/** Who must have issued a token, and for whom; not asked where undefined. */
export interface ExpectedClaims {
  readonly issuer?: string;
  readonly audience?: string;
}

/**
 * Verifies tokens signed with a secret (HS256), at once: no promise, no other thread. For a secret jose takes three times
 * as long, most of it for getting to WebCrypto and back (docs/adr/0017).
 * @returns a function that throws a Problem 401 if the token is not ours; its times are yet to be checked
 */
export function sharedSecretTokens(secret: string, { issuer, audience }: ExpectedClaims) {
  const verify = createVerifier({
    key: secret,
    algorithms: ['HS256'],
    allowedIss: issuer,
    allowedAud: audience,
    // A claim that is only allowed may be missing.
    requiredClaims: [...(issuer === undefined ? [] : ['iss']), ...(audience === undefined ? [] : ['aud'])],
    // `checkTimes` does that: this library fails to say when a time lies beyond what a Date can hold.
    ignoreExpiration: true,
    ignoreNotBefore: true,
    complete: true,
  });
  return (token: string): TokenClaims => {
    try {
      const { header, payload } = verify(token) as { header: object; payload: TokenClaims };
      // No extension is understood here, so none may be critical (RFC 7515, 4.1.11); the library lets an empty `crit` pass.
      if ('crit' in header) throw refusedToken();
      return payload;
    } catch (error) {
      throw error instanceof TokenError ? refusedToken() : error;
    }
  };
}
