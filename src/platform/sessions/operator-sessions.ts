import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { DataSource } from 'typeorm';
import { Environment } from '../config/environment.js';
import type { OperatorScope } from '../config/scopes-by-claim.js';
import { READS } from '../postgres/reads.js';
import { rows } from '../postgres/rows.js';
import { operatorLoginPath } from './login-paths.js';
import { OwnSite } from './own-site.js';

/** An operator as the provider named them at login. */
export interface SignedInOperator {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly scopes: readonly OperatorScope[];
}

/** A session as it is stored. */
export interface OperatorSession extends SignedInOperator {
  /** When it ends if nothing more is done. */
  readonly expiresAt: Date;
}

const TOKEN_BYTES = 32;

/** Sessions that are over and go with one login: more than one login adds. */
const SWEPT_AT_ONCE = 100;

/** How far `seen_at` may lie behind: not every call of an operator writes. */
const SEEN_EVERY_MS = 30_000;

/**
 * $1 hash of the token, $2 idle ms, $3 how far `seen_at` may lie behind, ms. A session that was seen in the future is
 * from before Postgres' clock was set back: how long it has been idle nobody knows, so it is over.
 */
const FIND = `
  SELECT issuer, subject, name, scopes,
         least(ends_at, seen_at + $2 * interval '1 ms') AS "expiresAt",
         seen_at < now() - $3 * interval '1 ms' AS "isBehind"
    FROM operator_sessions
   WHERE token_hash = $1 AND ends_at > now()
     AND seen_at BETWEEN now() - $2 * interval '1 ms' AND now() + interval '1 minute'`;

const TOUCH = `
  WITH touched AS (UPDATE operator_sessions SET seen_at = now() WHERE token_hash = $1 RETURNING 1)
  SELECT count(*) FROM touched`;

const SWEEP = `
  WITH swept AS (
    DELETE FROM operator_sessions WHERE token_hash IN (
      SELECT token_hash FROM operator_sessions WHERE ends_at < now() ORDER BY ends_at LIMIT ${SWEPT_AT_ONCE}
         FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  SELECT count(*) FROM swept`;

const BEGIN = `
  INSERT INTO operator_sessions (token_hash, issuer, subject, name, scopes, ends_at)
  VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 ms')
  RETURNING ends_at`;

const END = `
  WITH ended AS (DELETE FROM operator_sessions WHERE token_hash = $1 RETURNING 1)
  SELECT count(*) FROM ended`;

/**
 * The logins of operators: rows in Postgres, so that logging out ends a session wherever its cookie has gone. The
 * cookie is a random number of which only a hash is stored: whoever reads the table can sign in as nobody.
 */
@Injectable()
export class OperatorSessions {
  private readonly isOpen: boolean;
  private readonly idleMs: number;
  private readonly lastsMs: number;
  private readonly seenEveryMs: number;

  constructor(
    environment: Environment,
    private readonly site: OwnSite,
    @InjectDataSource() private readonly source: DataSource,
    @InjectDataSource(READS) private readonly reads: DataSource,
  ) {
    this.isOpen = operatorLoginPath(environment) !== null;
    this.idleMs = environment.CONSOLE_IDLE_MS;
    this.lastsMs = environment.CONSOLE_SESSION_MS;
    this.seenEveryMs = Math.min(SEEN_EVERY_MS, this.idleMs / 10);
  }

  /** @returns the Set-Cookie header of a new session, which is stored */
  async begin({ issuer, subject, name, scopes }: SignedInOperator): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await rows(this.source, SWEEP);
    await rows(this.source, BEGIN, [hashOf(token), issuer, subject, name, scopes, this.lastsMs]);
    return this.site.keep('console', token);
  }

  /** Whether the request carries a session, good or not. */
  isIn(request: IncomingMessage): boolean {
    return this.tokenOf(request) !== undefined;
  }

  /** The session of a request that does something, which keeps the session alive. @returns null without a good one */
  async use(request: IncomingMessage): Promise<OperatorSession | null> {
    const found = await this.find(request);
    // Nobody waits for it, and if it fails the session ends earlier.
    if (found?.isBehind) void rows(this.source, TOUCH, [this.hashIn(request)]).catch(() => undefined);
    return found;
  }

  /** The session of a request that only asks who it is, which does not keep the session alive. */
  look(request: IncomingMessage): Promise<OperatorSession | null> {
    return this.find(request);
  }

  /** Ends the request's session for every copy of its cookie. */
  async end(request: IncomingMessage): Promise<void> {
    if (this.isIn(request)) await rows(this.source, END, [this.hashIn(request)]);
  }

  private async find(request: IncomingMessage) {
    if (!this.isIn(request)) return null;
    const parameters = [this.hashIn(request), this.idleMs, this.seenEveryMs];
    const found = await rows<OperatorSession & { readonly isBehind: boolean }>(this.reads, FIND, parameters);
    return found[0] ?? null;
  }

  private tokenOf(request: IncomingMessage): string | undefined {
    return this.isOpen ? this.site.cookieOf(request, 'console') : undefined;
  }

  private hashIn(request: IncomingMessage): Buffer {
    return hashOf(this.tokenOf(request) ?? '');
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
