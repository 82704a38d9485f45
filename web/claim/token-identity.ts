import type { Identity } from './flow/identity.js';
import type { Who } from './flow/state.js';

/** Asks the embedding site for a new token. Null or undefined: nobody is signed in there. */
export type TokenSource = () => Promise<string | null | undefined> | string | null | undefined;

/** Whoever the embedding site says: by a token that it hands over, and that is kept in memory only. */
export class TokenIdentity implements Identity {
  readonly byCookie = false;
  token: string | null = null;
  source: TokenSource | null = null;
  loginUrl: string | null = null;

  headers(): Readonly<Record<string, string>> {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }

  async who(): Promise<Who> {
    if (this.token === null) await this.renew();
    return {
      signedIn: this.token !== null,
      name: null,
      endsAtMs: null,
      loginUrl: this.loginUrl,
      canSignOut: false,
    };
  }

  async renew(): Promise<boolean> {
    if (this.source === null) return false;
    const token = await Promise.resolve(this.source()).catch(() => null);
    const isNew = token != null && token !== this.token;
    this.token = token ?? null;
    return isNew;
  }

  /** The embedding site signs people out. */
  signOut(): Promise<void> {
    return Promise.resolve();
  }
}
