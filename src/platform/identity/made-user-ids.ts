import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Environment } from '../config/environment.js';
import { Gathering } from '../gathering/gathering.js';
import { Metrics } from '../metrics/metrics.js';
import { preparedRows } from '../postgres/rows.js';
import { FIRST_MADE_ID } from './user-id.js';

const COUNT = 2n ** 63n - FIRST_MADE_ID;

/** Collisions of a hash of 57 bits: even one is not to be expected. */
const TRIES = 8;

/** The maximum number of remembered ids, and for how long: an erased person is forgotten by then. */
const REMEMBERED = { max: 20_000, ttl: 600_000 };

const BATCHES_AT_ONCE = 2;

/**
 * $1 issuer, $2 subjects, $3 the id to make for each. Whoever was added by another process meanwhile is in neither part
 * of the answer, and is found by the next try.
 */
const FIND_OR_ADD = {
  name: 'find-or-add-made-user-ids',
  text: `
    WITH added AS (
      INSERT INTO login_users (issuer, subject, user_id)
      SELECT $1, asked.subject, asked.user_id
        FROM unnest($2::text[], $3::bigint[]) AS asked (subject, user_id)
       WHERE NOT EXISTS (SELECT FROM login_users AS known WHERE known.issuer = $1 AND known.subject = asked.subject)
       ORDER BY asked.subject COLLATE "C"
      ON CONFLICT DO NOTHING
      RETURNING subject, user_id)
    SELECT subject, user_id AS "userId" FROM added
    UNION ALL
    SELECT subject, user_id FROM login_users WHERE issuer = $1 AND subject = ANY ($2)`,
};

/**
 * The user ids that are made here, once for each (issuer, subject), and kept for ever (R32): of people whose OpenID
 * provider names no id, and of all people of partners (R34). As the issuer is part of what is kept, no two issuers ever
 * have an id in common.
 *
 * An id is a hash, not the next number: after Postgres was set back, the same person gets the same id again, and a
 * cookie of before names nobody else.
 */
@Injectable()
export class MadeUserIds {
  private readonly known = new LRUCache<string, string>(REMEMBERED);
  /** People of one issuer who come at the same time share a statement. */
  private readonly gathering: Gathering<string>;

  constructor(
    environment: Environment,
    metrics: Metrics,
    @InjectDataSource() private readonly source: DataSource,
  ) {
    this.gathering = new Gathering((issuer, subjects) => this.findOrAdd(issuer, subjects), {
      batchesAtOnce: BATCHES_AT_ONCE,
      batchSize: environment.CLAIM_BATCH_SIZE,
      patienceMs: environment.REQUEST_DEADLINE_MS,
      mostAtOnce: environment.CLAIMS_IN_FLIGHT_MAX,
      onShed: () => metrics.requestsShed.inc(),
    });
  }

  /** Committed when it is answered. @throws Problem 503 when too many ask at once, or nobody answers */
  async of(issuer: string, subject: string): Promise<string> {
    const name = JSON.stringify([issuer, subject]);
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const userId = await this.gathering.ask(issuer, subject);
    this.known.set(name, userId);
    return userId;
  }

  private async findOrAdd(issuer: string, subjects: readonly string[]): Promise<string[]> {
    const found = new Map<string, string>();
    let missing = [...new Set(subjects)];
    for (let attempt = 0; attempt < TRIES && missing.length > 0; attempt++) {
      const ids = missing.map((subject) => hashedId(issuer, subject, attempt));
      const answers = await preparedRows<{ subject: string; userId: string }>(this.source, FIND_OR_ADD, [
        ...[issuer, missing, ids],
      ]);
      for (const { subject, userId } of answers) found.set(subject, userId);
      missing = missing.filter((subject) => !found.has(subject));
    }
    return subjects.map((subject) => found.get(subject) ?? cannotBeMade());
  }
}

/** @param attempt 0, and more for somebody whose earlier ids are others' */
export function hashedId(issuer: string, subject: string, attempt: number): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([issuer, subject, attempt]))
    .digest();
  return String(FIRST_MADE_ID + (hash.readBigUInt64BE() % COUNT));
}

function cannotBeMade(): never {
  throw new Error('No user id could be made: the table login_users is not as it should be.');
}
