import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Environment } from '../config/environment.js';
import { isUserId } from '../identity/user-id.js';
import { rows } from '../postgres/rows.js';
import { DEVELOPMENT } from './development-login.js';
import type { SignedIn } from './login-provider.js';

/** The ids from here to 2^63-1 are those that are made here. */
const FIRST = 9_000_000_000_000_000_000n;
const COUNT = 2n ** 63n - FIRST;

/** Collisions of a hash of 57 bits: even one is not to be expected. */
const TRIES = 8;

const FIND = `SELECT user_id AS "userId" FROM login_users WHERE issuer = $1 AND subject = $2`;

const INSERT = `
  INSERT INTO login_users (issuer, subject, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
  RETURNING user_id AS "userId"`;

/**
 * The user id of somebody who signed in (R32): the claim JWT_USER_CLAIM if it is one, as in a bearer token; otherwise
 * an id that is made here, once for each (issuer, subject), and kept for ever.
 *
 * An id that is made is a hash, not the next number: after Postgres was set back, the same person gets the same id
 * again, and a cookie of before names nobody else.
 */
@Injectable()
export class UserIds {
  constructor(
    private readonly environment: Environment,
    @InjectDataSource() private readonly source: DataSource,
  ) {}

  async of({ issuer, subject, claims }: SignedIn): Promise<string> {
    const { JWT_USER_CLAIM } = this.environment;
    const claim = issuer === DEVELOPMENT || JWT_USER_CLAIM === 'sub' ? subject : claims[JWT_USER_CLAIM];
    const named = Number.isSafeInteger(claim) ? String(claim) : claim;
    // A provider that names an id of ours must not become somebody else.
    if (isUserId(named) && BigInt(named) < FIRST) return named;
    return this.madeFor(issuer, subject);
  }

  private async madeFor(issuer: string, subject: string): Promise<string> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const known = (await rows<{ userId: string }>(this.source, FIND, [issuer, subject]))[0];
      if (known) return known.userId;
      const made = [issuer, subject, hashedId(issuer, subject, attempt)];
      const added = (await rows<{ userId: string }>(this.source, INSERT, made))[0];
      if (added) return added.userId;
    }
    throw new Error('No user id could be made: the table login_users is not as it should be.');
  }
}

/** @param attempt 0, and more for somebody whose earlier ids are others' */
export function hashedId(issuer: string, subject: string, attempt: number): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([issuer, subject, attempt]))
    .digest();
  return String(FIRST + (hash.readBigUInt64BE() % COUNT));
}
