import { webcrypto } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { Environment } from '../config/environment.js';
import { Problem, unavailable } from '../problems/problem.js';
import type { Identity } from './identity.js';

/** With a key set only signatures whose key can be public: a shared secret is never looked for there (RFC 8725, 3.1). */
const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const HMAC_SHA256 = { name: 'HMAC', hash: 'SHA-256' };
const JWKS_TIMEOUT_MS = 1_000;

/** Tells who sent a request, from its bearer token alone. */
@Injectable()
export class TokenVerifier {
  private readonly verify: (token: string) => Promise<{ payload: JWTPayload }>;

  constructor({ JWT_SECRET, JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE }: Environment) {
    const expected: JWTVerifyOptions = { issuer: JWT_ISSUER, audience: JWT_AUDIENCE };
    if (JWT_SECRET !== undefined) {
      // Imported once: given raw bytes, jose would import them for every token.
      const key = webcrypto.subtle.importKey('raw', Buffer.from(JWT_SECRET), HMAC_SHA256, false, ['verify']);
      this.verify = async (token) => jwtVerify(token, await key, { ...expected, algorithms: ['HS256'] });
    } else {
      const keys = createRemoteJWKSet(new URL(JWT_JWKS_URL ?? ''), { timeoutDuration: JWKS_TIMEOUT_MS });
      this.verify = (token) => jwtVerify(token, keys, { ...expected, algorithms: ASYMMETRIC });
    }
  }

  /**
   * @param authorization the request's Authorization header
   * @throws Problem 401 if it holds no token that is valid now, 503 if the key set can't be had
   */
  async identify(authorization: string | undefined): Promise<Identity> {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw invalidToken('Send an Authorization header: Bearer <token>.');
    const { sub, scope } = await this.payload(token);
    if (typeof sub !== 'string' || sub === '') throw invalidToken('The token names no subject.');
    return { subject: sub, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
  }

  private async payload(token: string): Promise<JWTPayload> {
    try {
      return (await this.verify(token)).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw invalidToken('The token has expired.');
      if (keysAreOutOfReach(error))
        throw unavailable('The keys to check tokens with are out of reach.', error);
      throw invalidToken('The token is not valid.');
    }
  }
}

/** Fetching a key set fails with these, or with whatever `fetch` throws (a TypeError whose message is "fetch failed"). */
function keysAreOutOfReach(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  if (error instanceof errors.JOSEError) return error.code === 'ERR_JOSE_GENERIC';
  return error instanceof TypeError && error.message === 'fetch failed';
}

/** A 401 as RFC 6750 (Bearer Token Usage, 3) has it. */
export function invalidToken(detail: string): Problem {
  return new Problem(401, 'invalid-token', 'A valid bearer token is needed', {
    detail,
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}
