import { CookieMint } from './cookie-mint.js';
import { TokenMint } from './token-mint.js';

/** How users prove who they are: by a token of another site, or by the cookie of a login at the service. */
export type Credential = 'bearer' | 'cookie';

/** The service's secrets that credentials are made with. */
export interface Secrets {
  /** JWT_SECRET */
  readonly tokens: string;
  /** COOKIE_SECRET */
  readonly cookies: string;
}

/** Makes the credentials of users. */
export class Credentials {
  readonly tokens: TokenMint;
  private readonly cookies: CookieMint;

  constructor(secrets: Secrets) {
    this.tokens = new TokenMint(secrets.tokens);
    this.cookies = new CookieMint(secrets.cookies);
  }

  /** The headers by which a request comes from this user. With a cookie, also what the service's own page sends. */
  headersOf(user: number, by: Credential): Readonly<Record<string, string>> {
    if (by === 'bearer') return { authorization: `Bearer ${this.tokens.tokenOf(user)}` };
    return { cookie: this.cookies.cookieOf(user), 'sec-fetch-site': 'same-origin' };
  }

  /** The headers of a user whose token has a wrong signature. */
  badHeadersOf(user: number): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.tokens.badTokenOf(user)}` };
  }

  /** Discards what was made for users below `user`, whose rounds are over. */
  forgetBelow(user: number): void {
    this.tokens.forgetBelow(user);
  }
}
