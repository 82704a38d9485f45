import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { Environment } from '../config/environment.js';
import { claimantLoginPath } from './login-paths.js';
import { OwnSite } from './own-site.js';
import { Seal } from './seal.js';

/** A claimant who is signed in. */
export interface ClaimantSession {
  readonly userId: string;
  /** What the provider calls this person, for the page to show; null if it says nothing. */
  readonly name: string | null;
  /** ms since 1970, by this node's clock. */
  readonly expiresAt: number;
}

/**
 * The logins of claimants, without state: the sealed cookie holds everything, so that a claim by cookie asks nobody and
 * a crowd leaves no sessions behind. A login ends when it expires or the browser drops it; the service can't revoke it.
 */
@Injectable()
export class ClaimantSessions {
  /** Undefined when nobody can sign in here: then no cookie is one of ours. */
  private readonly seal: Seal | undefined;
  private readonly lastsMs: number;

  constructor(
    environment: Environment,
    private readonly site: OwnSite,
  ) {
    const { COOKIE_SECRET, LOGIN_SESSION_MS } = environment;
    if (COOKIE_SECRET !== undefined && claimantLoginPath(environment) !== null)
      this.seal = new Seal(COOKIE_SECRET, 'claimant session');
    this.lastsMs = LOGIN_SESSION_MS;
  }

  /** @returns the Set-Cookie header of a new session */
  async begin({ userId, name }: Pick<ClaimantSession, 'userId' | 'name'>): Promise<string> {
    if (!this.seal) throw new Error('A claimant signed in although there is no login.');
    const session: ClaimantSession = { userId, name, expiresAt: Date.now() + this.lastsMs };
    return this.site.keep('session', await this.seal.seal(session), Math.floor(this.lastsMs / 1_000));
  }

  /** Whether the request carries a session, good or not. */
  isIn(request: IncomingMessage): boolean {
    return this.seal !== undefined && this.site.cookieOf(request, 'session') !== undefined;
  }

  /** @returns null when the request carries no session that is good now */
  of(request: IncomingMessage): ClaimantSession | null {
    const cookie = this.site.cookieOf(request, 'session');
    if (cookie === undefined || !this.seal) return null;
    const session = this.seal.open(cookie) as ClaimantSession | null; // sealed here, so it is what was sealed
    return session !== null && Date.now() < session.expiresAt ? session : null;
  }
}
