import { createCipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** docs/login.md: the name over TLS. */
const name = '__Host-seonchak-session';
/** In ms; longer than any run. */
const lifetime = 6 * 3_600_000;

function base64url(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/**
 * Seals the cookies that claimants get by signing in: JWE compact, `dir`, A256GCM. Made here because a login takes
 * seven requests, and a round needs ten thousand people who have one.
 */
export class CookieMint {
  private readonly key: Uint8Array;
  private readonly header: string;

  /** @param secret the service's COOKIE_SECRET */
  constructor(secret: string) {
    this.key = new Uint8Array(hkdfSync('sha256', secret, '', 'seonchak: claimant session', 32));
    const kid = createHash('sha256').update(this.key).digest('base64url').slice(0, 8);
    this.header = base64url(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid }));
  }

  /** The Cookie header of a user who is signed in. */
  cookieOf(user: number): string {
    const session = { userId: String(user), name: 'A Claimant', expiresAt: Date.now() + lifetime };
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(this.header, 'ascii'));
    const text = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()]);
    return `${name}=${[this.header, '', base64url(iv), base64url(text), base64url(cipher.getAuthTag())].join('.')}`;
  }
}
