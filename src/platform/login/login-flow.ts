import type { Request, Response } from 'express';
import { randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import type { CookiePurpose, OwnSite } from '../sessions/own-site.js';
import type { Seal } from '../sessions/seal.js';
import { languageOf } from './login-language.js';
import { sendFailure, sendPage } from './login-page.js';
import { type LoginAttempt, LoginFailure, type LoginProvider, type SignedIn } from './login-provider.js';

/** How long somebody may take for a login at the provider. */
const ATTEMPT_MS = 600_000;

interface SealedAttempt extends LoginAttempt {
  /** ms since 1970. */
  readonly until: number;
}

/** One of the two logins: its addresses, and what keeps it. */
export interface LoginKind {
  /** Where it begins; it comes back to `<path>/callback`. */
  readonly path: string;
  readonly cookie: CookiePurpose;
  /** Where a browser goes that has named no path. */
  readonly home: string;
}

/**
 * The two requests of a login: the first leads to the provider, the second comes back from it. In between the attempt
 * is in a sealed cookie: nothing is kept here for logins that are never finished, and no other browser can finish it.
 */
export class LoginFlow {
  constructor(
    private readonly kind: LoginKind,
    private readonly provider: LoginProvider,
    private readonly site: OwnSite,
    private readonly seal: Seal,
  ) {}

  /** Answers the first request. @param returnTo a path of this site */
  async start(request: Request, response: Response, returnTo: string = this.kind.home): Promise<void> {
    const attempt: SealedAttempt = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      returnTo,
      until: Date.now() + ATTEMPT_MS,
    };
    await this.orTellWhy(request, response, returnTo, async () => {
      const callback = this.address(request, `${this.kind.path}/callback`);
      const step = await this.provider.start(attempt, callback, languageOf(request));
      const sealed = await this.seal.seal(attempt);
      response.append('Set-Cookie', this.site.keep(this.kind.cookie, sealed, ATTEMPT_MS / 1_000));
      if ('page' in step) sendPage(response, 200, step.page);
      else sendOn(response, step.redirectTo);
    });
  }

  /**
   * Answers the second request.
   * @param begin begins a session. @returns its Set-Cookie header
   */
  async finish(
    request: Request,
    response: Response,
    begin: (who: SignedIn) => Promise<string>,
  ): Promise<void> {
    const attempt = this.attemptOf(request);
    response.append('Set-Cookie', this.site.forget(this.kind.cookie)); // it is used once
    await this.orTellWhy(request, response, attempt?.returnTo, async () => {
      if (!attempt) throw new LoginFailure(400);
      const who = await this.provider.finish(attempt, this.address(request, request.originalUrl));
      response.append('Set-Cookie', await begin(who));
      sendOn(response, attempt.returnTo);
    });
  }

  private attemptOf(request: Request): SealedAttempt | null {
    const cookie = this.site.cookieOf(request, this.kind.cookie);
    const attempt = cookie === undefined ? null : (this.seal.open(cookie) as SealedAttempt | null);
    return attempt !== null && Date.now() < attempt.until ? attempt : null;
  }

  private address(request: Request, path: string): URL {
    const origin = this.site.originFor(request);
    if (origin === undefined) throw new LoginFailure(400);
    return new URL(origin + path);
  }

  private async orTellWhy(
    request: Request,
    response: Response,
    returnTo: string | undefined,
    act: () => Promise<void>,
  ): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof LoginFailure)) throw error;
      const query = returnTo === undefined ? '' : `?${new URLSearchParams({ returnTo }).toString()}`;
      sendFailure(request, response, error, this.kind.path + query);
    }
  }
}

/** 303: whatever the request was, the browser goes on with GET. */
function sendOn(response: Response, address: string): void {
  response.statusCode = 303;
  response.setHeader('Location', address);
  response.setHeader('Cache-Control', 'no-store');
  response.end();
}
