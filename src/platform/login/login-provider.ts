import type { Language } from './login-language.js';

/** A person as a provider names them after a login. */
export interface SignedIn {
  readonly issuer: string;
  /** Unique and constant for a person at that issuer, and nothing else is. */
  readonly subject: string;
  /** What to call them; null if the provider says nothing. */
  readonly name: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A login that has begun: what the answer must match. */
export interface LoginAttempt {
  readonly state: string;
  readonly nonce: string;
  /** The secret of PKCE (RFC 7636), whose hash the provider is sent. */
  readonly verifier: string;
  /** A path of this site to come back to. */
  readonly returnTo: string;
}

/** Where a browser goes for a login: to another address, or it is shown a page of ours. */
export type LoginStep = { readonly redirectTo: string } | { readonly page: string };

/** Finds out who somebody is. */
export interface LoginProvider {
  /**
   * @param callback where the browser comes back to, with the state
   * @param language of the pages that the person sees
   * @throws LoginFailure 503 if the provider is out of reach
   */
  start(attempt: LoginAttempt, callback: URL, language: Language): Promise<LoginStep>;

  /**
   * @param arrived the address at which the browser came back, with all parameters
   * @throws LoginFailure 403 if the provider let nobody in, 400 if this is no answer to the attempt, 503 if it is out
   *   of reach
   */
  finish(attempt: LoginAttempt, arrived: URL): Promise<SignedIn>;
}

/** A login did not succeed; the browser is shown why. */
export class LoginFailure extends Error {
  override readonly name = 'LoginFailure';

  /** @param status 400: not the answer to a login that we began, or it took too long; 403: refused; 503: ask again */
  constructor(
    readonly status: 400 | 403 | 503,
    cause?: unknown,
  ) {
    super(`login failed: ${status}`, { cause });
  }
}
