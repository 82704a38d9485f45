import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { ChangeFeed } from '../../changes/change-feed.js';
import type { Operator } from '../../platform/admin/operator.js';
import { recordAct } from '../../platform/admin/record-act.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { Problem } from '../../platform/problems/problem.js';
import { WITH_WAITING } from '../backlog.js';
import { beginTelling, endTelling } from '../events/begin-telling.js';
import type { EndpointState, EndpointView } from './endpoint.dto.js';

/** Each has a lane of its own while webhooks are sent. */
const MOST_ENDPOINTS = 20;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** As a row is shown. */
type Endpoint = { readonly [Member in keyof EndpointView]: EndpointView[Member] };

type EndpointWithSecret = Endpoint & { readonly secret: string };

/** What an operator says of an endpoint; what is missing stays. */
export interface EndpointChange {
  readonly url?: string;
  readonly description?: string;
  /** Null: all. */
  readonly eventTypes?: readonly string[] | null;
  readonly state?: EndpointState;
}

/** The receivers of webhooks, and what operators do to them. Each act is in the trail; no secret ever is. */
@Injectable()
export class Endpoints {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectDataSource(READS) private readonly reads: DataSource,
    private readonly feed: ChangeFeed,
  ) {}

  /** The oldest first. */
  list(): Promise<Endpoint[]> {
    return rows(this.reads, `${VIEW} ORDER BY endpoint.created_at, endpoint.id`);
  }

  /** @throws Problem 404 */
  get(id: string): Promise<Endpoint> {
    return find(this.reads, id);
  }

  /**
   * It is told of all that is committed from now on; what is being committed at this moment may be among it.
   * @throws Problem 409 when there are enough
   */
  create(
    { url, description = '', eventTypes = null }: EndpointChange & { readonly url: string },
    { actor }: Operator,
  ): Promise<EndpointWithSecret> {
    return this.source.transaction(async (transaction) => {
      const before = await countLocked(transaction);
      if (before >= MOST_ENDPOINTS)
        throw new Problem(409, 'conflict', 'There are enough endpoints', {
          detail: `There may be ${MOST_ENDPOINTS}. Delete one first.`,
        });
      if (before === 0) await beginTelling(transaction, this.feed);
      const secret = newSecret();
      const [made] = await rows<{ id: string }>(
        transaction,
        `INSERT INTO webhook_endpoints (url, description, event_types, secret, position)
         SELECT $1, $2, $3, $4, last_event_no FROM webhook_progress RETURNING id`,
        [url, description, eventTypes, secret],
      );
      const endpoint = await find(transaction, made?.id ?? '');
      await recordAct(transaction, {
        ...{ act: 'webhook-endpoint-created', actor, campaignId: null },
        detail: { endpointId: endpoint.id, url: withoutQuery(url), eventTypes },
      });
      return { ...endpoint, secret };
    });
  }

  /**
   * Whoever is switched on is sent what it missed, at once. Whoever is OFF and is switched off again is off by an
   * operator from then on: what we had given up needs nobody's attention any more.
   * @throws Problem 404
   */
  change(id: string, change: EndpointChange, { actor, reason }: Operator): Promise<Endpoint> {
    return this.source.transaction(async (transaction) => {
      const { id: endpointId } = await find(transaction, id);
      const { url, description, eventTypes, state } = change;
      await rows(transaction, CHANGE, [
        ...[endpointId, url ?? null, description ?? null],
        ...[eventTypes !== undefined, eventTypes ?? null, state ?? null],
      ]);
      await recordAct(transaction, {
        ...{ act: 'webhook-endpoint-changed', actor, reason, campaignId: null },
        detail: { endpointId, ...change, url: url && withoutQuery(url) },
      });
      return find(transaction, id);
    });
  }

  /** Nothing more is sent to it. @throws Problem 404 */
  async delete(id: string, { actor }: Operator): Promise<void> {
    await this.source.transaction(async (transaction) => {
      const before = await countLocked(transaction);
      const { id: endpointId, url } = await find(transaction, id);
      const gone = await rows(
        transaction,
        `WITH gone AS (DELETE FROM webhook_endpoints WHERE id = $1 RETURNING id) SELECT id FROM gone`,
        [endpointId],
      );
      if (gone.length === before) await endTelling(transaction, this.feed);
      await recordAct(transaction, {
        ...{ act: 'webhook-endpoint-deleted', actor, campaignId: null },
        detail: { endpointId, url: withoutQuery(url) },
      });
    });
  }

  /** From now on it signs with a new secret, and for a while with the present one, too. @throws Problem 404 */
  rotate(
    id: string,
    previousValidForSeconds: number,
    { actor, reason }: Operator,
  ): Promise<EndpointWithSecret> {
    return this.source.transaction(async (transaction) => {
      const { id: endpointId } = await find(transaction, id);
      const secret = newSecret();
      await rows(transaction, ROTATE, [endpointId, secret, previousValidForSeconds]);
      await recordAct(transaction, {
        ...{ act: 'webhook-secret-rotated', actor, reason, campaignId: null },
        detail: { endpointId, previousValidForSeconds },
      });
      return { ...(await find(transaction, id)), secret };
    });
  }

  /**
   * Sends it again what was recorded in a span of time, as far as that is kept, with the ids of before. What it has not
   * been sent yet comes anyway.
   * @throws Problem 404; 409 while another replay is under way
   */
  replay(id: string, from: Date, to: Date | null, { actor, reason }: Operator): Promise<Endpoint> {
    return this.source.transaction(async (transaction) => {
      const { id: endpointId, isReplaying } = await find(transaction, id);
      const begun = isReplaying ? [] : await rows(transaction, REPLAY, [endpointId, from, to]);
      if (begun.length === 0)
        throw new Problem(409, 'conflict', 'A replay is under way', {
          detail: 'Wait until isReplaying is false, and ask again.',
        });
      await recordAct(transaction, {
        ...{ act: 'webhooks-replayed', actor, reason, campaignId: null },
        detail: { endpointId, from, to },
      });
      return find(transaction, id);
    });
  }
}

/** How many endpoints there are. Until the transaction ends, it stays so. */
async function countLocked(transaction: EntityManager): Promise<number> {
  await rows(transaction, `SELECT is_one FROM webhook_progress FOR UPDATE`);
  const [found] = await rows<{ count: number }>(
    transaction,
    `SELECT count(*)::int AS count FROM webhook_endpoints`,
  );
  return found?.count ?? 0;
}

async function find(on: DataSource | EntityManager, id: string): Promise<Endpoint> {
  const [endpoint] = UUID.test(id) ? await rows<Endpoint>(on, `${VIEW} WHERE endpoint.id = $1`, [id]) : [];
  if (!endpoint) throw new Problem(404, 'unknown-endpoint');
  return endpoint;
}

/** The query may hold a secret of the receiver's, and the trail is for ever. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** As Standard Webhooks spells secrets. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

const VIEW = `
  SELECT endpoint.id, url, description, event_types AS "eventTypes", state, off_reason AS "offReason", off_at AS "offAt",
         failing_since AS "failingSince", last_failure AS "lastFailure", accepted_at AS "acceptedAt",
         created_at AS "createdAt",
         oldest.recorded_at AS "waitingSince",
         EXISTS (SELECT FROM webhook_replays WHERE endpoint_id = endpoint.id) AS "isReplaying",
         CASE WHEN previous_secret_until > clock_timestamp() THEN previous_secret_until END AS "previousSecretUntil"
    FROM webhook_endpoints endpoint ${WITH_WAITING}`;

/** $1 endpoint, $2 URL, $3 description, $4 whether $5, the types, are given, $6 state; null: as it was. */
const CHANGE = `
  WITH changed AS (
    UPDATE webhook_endpoints
       SET url = COALESCE($2, url), description = COALESCE($3, description),
           event_types = CASE WHEN $4::boolean THEN $5::text[] ELSE event_types END,
           state = COALESCE($6, state),
           off_reason = CASE $6 WHEN 'ON' THEN NULL WHEN 'OFF' THEN 'operator' ELSE off_reason END,
           off_at = CASE $6 WHEN 'ON' THEN NULL WHEN 'OFF' THEN COALESCE(off_at, clock_timestamp()) ELSE off_at END,
           failures = CASE WHEN $6 = 'ON' THEN 0 ELSE failures END,
           failing_since = CASE WHEN $6 = 'ON' THEN NULL ELSE failing_since END,
           not_before = CASE WHEN $6 = 'ON' THEN clock_timestamp() ELSE not_before END
     WHERE id = $1::uuid RETURNING id
  ), hurried AS (
    UPDATE webhook_retries SET due_at = clock_timestamp(), first_failed_at = NULL WHERE endpoint_id = $1::uuid AND $6 = 'ON'
  ) SELECT id FROM changed`;

/** $1 endpoint, $2 the new secret, $3 for how many seconds the present one is good. */
const ROTATE = `
  WITH rotated AS (
    UPDATE webhook_endpoints
       SET previous_secret = secret, previous_secret_until = clock_timestamp() + $3::int * interval '1 s', secret = $2
     WHERE id = $1::uuid RETURNING id
  ) SELECT id FROM rotated`;

/** $1 endpoint, $2 and $3 from when to when; null: now. */
const REPLAY = `
  INSERT INTO webhook_replays (endpoint_id, after_no, up_to_no)
  SELECT id, COALESCE((SELECT max(no) FROM webhook_events WHERE recorded_at < $2::timestamptz), 0),
         LEAST(position, COALESCE((SELECT max(no) FROM webhook_events
                                    WHERE recorded_at <= COALESCE($3::timestamptz, clock_timestamp())), 0))
    FROM webhook_endpoints WHERE id = $1::uuid
  ON CONFLICT (endpoint_id) DO NOTHING RETURNING endpoint_id`;
