import { webcrypto } from 'node:crypto';
import { type CryptoKey, jwtVerify } from 'jose';

/**
 * Verifies the bearer token with jose, as most teams would. Every baseline uses it, so that tokens make none slower or
 * faster. The key is imported once: given raw bytes, jose would import them for every token.
 */
export class TokenCheck {
  private readonly key: Promise<CryptoKey>;

  constructor(secret: string) {
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    this.key = webcrypto.subtle.importKey('raw', Buffer.from(secret), hmac, false, ['verify']);
  }

  /** The user's id, or undefined if the header has no currently valid token. */
  async userOf(authorization: string | undefined): Promise<string | undefined> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, await this.key, { algorithms: ['HS256'] });
      return /^[1-9]\d{0,18}$/.test(payload.sub ?? '') ? payload.sub : undefined;
    } catch {
      return undefined;
    }
  }
}
