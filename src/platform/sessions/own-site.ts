import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Environment } from '../config/environment.js';
import { isLoopback } from '../config/is-http-url.js';
import { Problem } from '../problems/problem.js';
import { readCookie, setCookie } from './cookies.js';

/** What cookies hold, and so how they are named. */
export type CookiePurpose = 'session' | 'login' | 'console' | 'console-login';

/**
 * The links of other sites may lead a claimant here who is signed in. The console's pages hold nothing: only their own
 * requests need its cookie.
 */
const SAME_SITE = { session: 'Lax', login: 'Lax', console: 'Strict', 'console-login': 'Lax' } as const;

/** Methods that change nothing (RFC 9110, 9.2.1). */
const READING = ['GET', 'HEAD', 'OPTIONS'];

/** This installation as browsers see it: its origin, its cookies, and which requests come from its own pages. */
@Injectable()
export class OwnSite {
  private readonly origin: string | undefined;
  private readonly secure: boolean;

  constructor({ PUBLIC_ORIGIN }: Environment) {
    this.origin = PUBLIC_ORIGIN;
    this.secure = PUBLIC_ORIGIN?.startsWith('https:') ?? false;
  }

  /**
   * PUBLIC_ORIGIN or, for the development login, the address that was called.
   * @returns undefined when a name that is not this machine's leads here without PUBLIC_ORIGIN: another site may have
   *   pointed its own name at this machine
   */
  originFor({ headers }: IncomingMessage): string | undefined {
    if (this.origin !== undefined) return this.origin;
    const called = `http://${headers.host ?? ''}`;
    return URL.canParse(called) && isLoopback(new URL(called).hostname) ? called : undefined;
  }

  /**
   * Refuses what another site's page may have made a browser send (R31): a browser adds our cookie by itself. Requests
   * that change nothing pass; other origins cannot read the answer.
   * @throws Problem 403 `cross-site`
   */
  refuseOtherSites(request: IncomingMessage): void {
    const { method = 'GET', headers } = request;
    if (READING.includes(method)) return;
    if (headers['sec-fetch-site'] === 'same-origin') return;
    if (headers.origin !== undefined && headers.origin === this.originFor(request)) return;
    throw new Problem(403, 'cross-site');
  }

  /** @returns what the request's cookie for this purpose holds; undefined without one */
  cookieOf({ headers }: IncomingMessage, purpose: CookiePurpose): string | undefined {
    return readCookie(headers.cookie, this.cookieName(purpose));
  }

  /** A Set-Cookie header. @param maxAge seconds, see `CookieRules` */
  keep(purpose: CookiePurpose, value: string, maxAge?: number): string {
    const rules = { sameSite: SAME_SITE[purpose], secure: this.secure, maxAge };
    return setCookie(this.cookieName(purpose), value, rules);
  }

  /** The Set-Cookie header that removes the cookie. */
  forget(purpose: CookiePurpose): string {
    return this.keep(purpose, '', 0);
  }

  /** With the prefix, browsers take the cookie from this very host only. Without TLS they refuse the prefix. */
  private cookieName(purpose: CookiePurpose): string {
    return `${this.secure ? '__Host-' : ''}seonchak-${purpose}`;
  }
}
