import { createVerifier, TokenError } from 'fast-jwt';
import { secretsIn } from '../config/secret-list.js';
import { refusedToken, type TokenClaims } from './token-claims.js';

/** The issuer and audience that a token must have; undefined ones are not checked. */
export interface ExpectedClaims {
  readonly issuer?: string;
  readonly audience?: string;
}

/**
 * Verifies tokens signed with a secret (HS256) synchronously: no promise, no other thread. For a secret jose takes
 * three times as long, most of it for the round trip to WebCrypto (docs/adr/0017).
 * @param secrets the value of JWT_SECRET; each secret is tried, in order
 * @returns a function that throws a Problem 401 if the token is not ours; it does not check the token's times
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

/** @returns a function that returns a token's claims, or null if it is not signed with `secret` or not meant for us */
function verifierOf(secret: string, { issuer, audience }: ExpectedClaims) {
  const verify = createVerifier({
    key: secret,
    algorithms: ['HS256'],
    allowedIss: issuer,
    allowedAud: audience,
    // `allowedIss` and `allowedAud` alone accept a token without the claim.
    requiredClaims: [...(issuer === undefined ? [] : ['iss']), ...(audience === undefined ? [] : ['aud'])],
    // `checkTimes` does that: this library fails while it reports a time beyond what a Date can hold.
    ignoreExpiration: true,
    ignoreNotBefore: true,
    complete: true,
  });
  return (token: string): TokenClaims | null => {
    try {
      const { header, payload } = verify(token) as { header: object; payload: TokenClaims };
      // No extension is supported, so none may be critical (RFC 7515, 4.1.11); the library accepts an empty `crit`.
      return 'crit' in header ? null : payload;
    } catch (error) {
      if (error instanceof TokenError) return null;
      throw error;
    }
  };
}
