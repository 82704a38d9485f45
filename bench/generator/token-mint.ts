import { createHmac } from 'node:crypto';

const header = base64url({ alg: 'HS256', typ: 'JWT' });
/** In seconds; longer than any run. */
const lifetime = 6 * 3_600;

function base64url(document: object): string {
  return Buffer.from(JSON.stringify(document)).toString('base64url');
}

/**
 * Signs the users' tokens. Not with jose as elsewhere: its signatures go through the thread pool, which reaches 10,000
 * per second, and a round needs a hundred thousand tokens that no server has seen.
 */
export class TokenMint {
  private readonly minted = new Map<number, string>();

  constructor(private readonly secret: string) {}

  /** The user's token; always the same one. */
  tokenOf(user: number): string {
    const known = this.minted.get(user);
    if (known !== undefined) return known;
    const now = Math.floor(Date.now() / 1_000);
    const signed = `${header}.${base64url({ sub: String(user), iat: now, exp: now + lifetime })}`;
    const token = `${signed}.${createHmac('sha256', this.secret).update(signed).digest('base64url')}`;
    this.minted.set(user, token);
    return token;
  }

  /** The user's token with one character of the signature changed. */
  badTokenOf(user: number): string {
    const token = this.tokenOf(user);
    const signature = token.lastIndexOf('.') + 1;
    const letter = token[signature] === 'A' ? 'B' : 'A';
    return token.slice(0, signature) + letter + token.slice(signature + 1);
  }

  /** Discards the tokens of users below `user`, whose rounds are over. */
  forgetBelow(user: number): void {
    for (const known of this.minted.keys()) if (known < user) this.minted.delete(known);
  }
}
