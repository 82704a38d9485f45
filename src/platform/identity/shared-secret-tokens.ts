import { createVerifier, TokenError } from 'fast-jwt';
import { secretsIn } from '../config/secret-list.js';
import { refusedToken, type TokenClaims } from './token-claims.js';

/** Who must have issued a token, and for whom; not asked where undefined. */
export interface ExpectedClaims {
  readonly issuer?: string;
  readonly audience?: string;
}

/**
 * Verifies tokens signed with a secret (HS256), at once: no promise, no other thread. For a secret jose takes three times
 * as long, most of it for getting to WebCrypto and back (docs/adr/0017).
 * @param secrets as JWT_SECRET has them; each is tried, in their order
 * @returns a function that throws a Problem 401 if the token is not ours; its times are yet to be checked
 */
export function sharedSecretTokens(secrets: string, expected: ExpectedClaims) {
  const verifiers = secretsIn(secrets).map((secret) => verifierOf(secret, expected));
  return (token: string): TokenClaims => {
    for (const verify of verifiers) {
      const verified = verify(token);
      if (verified) return verified;
    }
    throw refusedToken();
  };
}

/** @returns a function that tells null from the claims of a token that is not signed with `secret`, or not for us */
function verifierOf(secret: string, { issuer, audience }: ExpectedClaims) {
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
  return (token: string): TokenClaims | null => {
    try {
      const { header, payload } = verify(token) as { header: object; payload: TokenClaims };
      // No extension is understood here, so none may be critical (RFC 7515, 4.1.11); the library lets an empty `crit` pass.
      return 'crit' in header ? null : payload;
    } catch (error) {
      if (error instanceof TokenError) return null;
      throw error;
    }
  };
}
