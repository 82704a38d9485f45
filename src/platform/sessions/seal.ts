import { CompactEncrypt } from 'jose';
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { secretsIn } from '../config/secret-list.js';

interface SealKey {
  readonly key: Uint8Array;
  /** Names the key in the header, so that opening tries one key only. */
  readonly kid: string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals what a browser keeps for us: it can neither read nor change it. A JSON Web Encryption (RFC 7516) with a key of
 * ours (`dir`) and AES-256-GCM. Made by jose; opened here synchronously, because jose's way through WebCrypto and its
 * thread pool costs a claim several times as much as the decryption (docs/adr/0033).
 */
export class Seal {
  private readonly sealing: SealKey;
  /** The header as it is sent -> its key. */
  private readonly opening: ReadonlyMap<string, Uint8Array>;

  /**
   * @param secrets the value of COOKIE_SECRET: the first secret seals, each of them opens
   * @param purpose what is sealed: nothing that was sealed for one purpose opens for another
   */
  constructor(secrets: string, purpose: string) {
    const keys = secretsIn(secrets).map((secret) => keyFor(secret, purpose));
    this.sealing = keys[0] ?? keyFor(secrets, purpose);
    this.opening = new Map(keys.map((one) => [headerAsSent(one.kid), one.key]));
  }

  seal(content: object): Promise<string> {
    const { key, kid } = this.sealing;
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader(headerOf(kid))
      .encrypt(key);
  }

  /** @returns what was sealed; null for whatever was not sealed by us, for this purpose, with a secret still in use */
  open(sealed: string): unknown {
    const [header = '', encryptedKey, iv = '', text = '', tag = '', ...rest] = sealed.split('.');
    const key = this.opening.get(header);
    if (!key || encryptedKey !== '' || rest.length > 0) return null;
    const [ivBytes, tagBytes] = [Buffer.from(iv, 'base64url'), Buffer.from(tag, 'base64url')];
    if (ivBytes.length !== IV_BYTES || tagBytes.length !== TAG_BYTES) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, ivBytes, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(header, 'ascii')).setAuthTag(tagBytes);
      const content = decipher.update(text, 'base64url', 'utf8') + decipher.final('utf8');
      return JSON.parse(content) as unknown;
    } catch {
      return null;
    }
  }
}

function keyFor(secret: string, purpose: string): SealKey {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `seonchak: ${purpose}`, 32));
  return { key, kid: createHash('sha256').update(key).digest('base64url').slice(0, 8) };
}

const headerOf = (kid: string) => ({ alg: 'dir', enc: 'A256GCM', kid });

const headerAsSent = (kid: string): string =>
  Buffer.from(JSON.stringify(headerOf(kid))).toString('base64url');
