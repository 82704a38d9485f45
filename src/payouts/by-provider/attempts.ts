import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { GateOwnership } from '../../grants/slots/gate-ownership.js';
import { isWhereItWas } from '../../grants/slots/installation.js';
import { isWalletClosed } from '../../ledger/closed-wallet.js';
import { payoutKeySql } from '../../ledger/payout-key.js';
import { rows } from '../../platform/postgres/rows.js';
import { dueFrom, isDue, isToBegin } from '../due-payouts.js';
import type { ProviderRequest } from '../payout-port.js';
import { notStopped } from '../payout-stops.js';
import { REQUEST_BODY } from '../request-body.js';
import { earliestRequest, LOST } from '../lost-payouts.js';

/** A payout that this process has taken, recorded and committed before anything is sent. */
export interface Attempt extends ProviderRequest {
  readonly campaignId: string;
  readonly userId: string;
  readonly arrivalNo: number;
  /** Rises each time the payout is taken. */
  readonly fence: number;
  /** Something may have been sent under this key before, even if this database has no record of it (R22). */
  readonly mustLookUp: boolean;
  /** The user's wallet was closed when the payout was taken: nothing is sent. */
  readonly isWalletClosed: boolean;
  /**
   * The deadline for sending, in ms of this process's monotonic clock: the end of our lease or of the provider's
   * memory, whichever is earlier.
   */
  readonly sendBefore: number;
}

/** Time for recording the answer and for one more statement, besides the two calls that an attempt may make. */
const LEASE_GRACE_MS = 5_000;

/**
 * Records in Postgres which process works on which payout. Each step is one statement that changes something only if
 * the payout is in the expected state; its clock is Postgres' own.
 */
@Injectable()
export class Attempts {
  private readonly leaseMs: number;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly environment: Environment,
    private readonly ownership: GateOwnership,
  ) {
    this.leaseMs = 2 * environment.PAYOUT_HTTP_TIMEOUT_MS + LEASE_GRACE_MS;
  }

  /**
   * R21: the users whose payouts are due now, at most `limit`, in order of arrival. Half of the places are for payouts
   * that were begun, half for the others, so that neither kind waits for the other's backlog.
   */
  async due(campaignId: string, limit: number): Promise<string[]> {
    await rows(this.source, NOTE_PROVIDER); // before anything is sent
    const due = await rows<{ userId: string }>(this.source, FIND_DUE, [campaignId, Math.ceil(limit / 2)]);
    return due.map(({ userId }) => userId);
  }

  /**
   * Takes payouts of one campaign, in one statement.
   * @returns those that were taken. Left out is what has ended, is not due, is stopped (R24), is being worked on by
   *   another process, or is not the provider's to pay (R30); and everything when the database is not where this
   *   process last found it, until it is known what that means (R22)
   */
  async take(campaignId: string, userIds: readonly string[]): Promise<Attempt[]> {
    const { PAYOUT_KEY_MEMORY_MS, PAYOUT_KEY_MARGIN_MS } = this.environment;
    const asked = performance.now();
    const taken = await rows<{
      userId: string;
      idempotencyKey: string;
      body: string;
      arrivalNo: number;
      fence: number;
      mustLookUp: boolean;
      isWalletClosed: boolean;
      /** Null if nothing is known to have been sent, and nothing will be. */
      resendableForMs: number | null;
    }>(this.source, TAKE, [
      campaignId,
      userIds,
      this.leaseMs,
      PAYOUT_KEY_MEMORY_MS - PAYOUT_KEY_MARGIN_MS,
      this.ownership.identity,
      this.ownership.round,
    ]);
    return taken.map(({ resendableForMs, ...attempt }) => ({
      ...{ campaignId, ...attempt },
      sendBefore: asked + Math.min(resendableForMs ?? 0, this.leaseMs),
    }));
  }

  /**
   * Undoes `take`: nothing was sent this time, or the provider did not look at it (R23). An earlier doubt stays, and is
   * held once it is PAYOUT_HOLD_AFTER_MS old.
   * @param why a short word for the operator, null for none
   */
  async putBack({ idempotencyKey, fence }: Attempt, pauseMs: number, why: string | null): Promise<void> {
    const { PAYOUT_HOLD_AFTER_MS } = this.environment;
    await rows(this.source, PUT_BACK, [idempotencyKey, fence, pauseMs, why, PAYOUT_HOLD_AFTER_MS]);
  }

  /**
   * Still in doubt: the payout is looked up again after a pause that doubles each time, and held after
   * PAYOUT_HOLD_AFTER_MS.
   */
  async doubt({ idempotencyKey, fence }: Attempt, why: string): Promise<void> {
    const { PAYOUT_RETRY_MS, PAYOUT_RETRY_MAX_MS, PAYOUT_HOLD_AFTER_MS } = this.environment;
    await rows(this.source, DOUBT, [
      idempotencyKey,
      fence,
      why,
      PAYOUT_RETRY_MS,
      PAYOUT_RETRY_MAX_MS,
      PAYOUT_HOLD_AFTER_MS,
    ]);
  }
}

/** R22: from now on, a set-back of the database may lose what only the provider knows. */
const NOTE_PROVIDER = `
  WITH noted AS (
    UPDATE installation SET provider_since = now() WHERE provider_since IS NULL RETURNING provider_since
  ) SELECT provider_since FROM noted`;

/** $1 campaign, $2 how many of each kind. */
const FIND_DUE = `
  SELECT user_id AS "userId" FROM (
    (SELECT fresh.user_id, fresh.arrival_no FROM user_grants fresh
      WHERE fresh.campaign_id = $1 AND ${isToBegin('fresh')} ORDER BY fresh.arrival_no LIMIT $2)
    UNION ALL
    SELECT due.user_id, g.arrival_no
      FROM (SELECT begun.user_id FROM payouts begun
             WHERE begun.campaign_id = $1 AND ${isDue('begun')} ORDER BY ${dueFrom('begun')} LIMIT $2) AS due
     CROSS JOIN LATERAL (SELECT arrival_no FROM user_grants
                          WHERE campaign_id = $1 AND user_id = due.user_id OFFSET 0) AS g) AS found
   WHERE ${notStopped('$1')}
   ORDER BY arrival_no`;

/**
 * $1 campaign, $2 users, $3 lease (ms), $4 for how long after the first request the provider knows the key (ms), $5
 * identity and $6 round of the database. The body is built once and stored, so that what is sent under a key never
 * changes, whatever a later release would build for the same grant. Of repeated put-backs only the first is recorded as
 * an event, since an outage may last. A grant is locked before its payout; a locked grant, which somebody is about to
 * end, is skipped. For a closed wallet nothing is sent, so that taking its payout for the first time is no attempt (0),
 * and no reason to doubt it later, unless this database does not know all that was sent.
 *
 * ON CONFLICT names no index here, nor wherever else a payout is begun. `putBack` and `doubt` rewrite a payout without
 * its grant's lock, and the check of the named index may miss both versions of a row that is rewritten at that moment.
 * The insertion would then violate the other unique index and fail.
 */
const TAKE = `
  WITH ${LOST}, pending AS (
    SELECT g.campaign_id, g.user_id, g.arrival_no, ${payoutKeySql('g.campaign_id', 'g.user_id')} AS idempotency_key,
           ${REQUEST_BODY} AS body, ${isWalletClosed('g.user_id', 'c.currency')} AS is_wallet_closed
      FROM user_grants g JOIN campaigns c ON c.id = g.campaign_id
     WHERE g.campaign_id = $1 AND g.user_id = ANY ($2::bigint[]) AND g.status = 'PENDING' AND c.payout_provider = 'http'
       AND ${notStopped('$1')} AND ${isWhereItWas('$5', '$6')}
       FOR UPDATE OF g SKIP LOCKED
  ), attempted AS (
    SELECT *, CASE WHEN is_wallet_closed AND NOT EXISTS (SELECT FROM lost) THEN 0 ELSE 1 END AS attempts
      FROM pending ORDER BY user_id
  ), begun AS (
    INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, request_body, attempts, first_sent_at, leased_until)
    SELECT campaign_id, user_id, idempotency_key, 'SENDING', body, attempts,
           CASE attempts WHEN 1 THEN now() END, now() + $3 * interval '1 ms' FROM attempted
    ON CONFLICT DO NOTHING
    RETURNING user_id, idempotency_key, request_body, fence, attempts, first_sent_at, put_backs
  ), again AS (
    UPDATE payouts
       SET state = 'SENDING', fence = payouts.fence + 1, due_at = NULL,
           attempts = CASE payouts.attempts WHEN 0 THEN attempted.attempts ELSE payouts.attempts + 1 END,
           first_sent_at = CASE WHEN payouts.attempts = 0 AND attempted.attempts = 0 THEN NULL
                                ELSE COALESCE(payouts.first_sent_at, now()) END,
           put_backs = CASE payouts.state WHEN 'SENDING' THEN 0 ELSE payouts.put_backs END,
           leased_until = now() + $3 * interval '1 ms', updated_at = now()
      FROM attempted
     WHERE payouts.idempotency_key = attempted.idempotency_key AND ${isDue('payouts')}
    RETURNING payouts.user_id, payouts.idempotency_key, request_body, fence, payouts.attempts, first_sent_at, put_backs
  ), taken AS (
    SELECT * FROM begun UNION ALL SELECT * FROM again
  ), event AS (
    INSERT INTO payout_events (idempotency_key, event, detail)
    SELECT idempotency_key, 'SENDING', 'attempt ' || attempts FROM taken WHERE put_backs = 0 AND attempts > 0
  )
  SELECT user_id AS "userId", taken.idempotency_key AS "idempotencyKey", request_body AS body, fence,
         taken.attempts > 1 OR EXISTS (SELECT FROM lost) AS "mustLookUp", is_wallet_closed AS "isWalletClosed",
         arrival_no::float8 AS "arrivalNo",
         extract(epoch FROM ${earliestRequest('taken')} + $4 * interval '1 ms' - now())::float8 * 1000 AS "resendableForMs"
    FROM taken JOIN pending USING (user_id)`;

/**
 * $1 key, $2 fence, $3 pause (ms), $4 why or null, $5 when doubt is held for an operator (ms after the first request).
 * An attempt that was not made does not count. If there was no earlier request, the attempt itself has set
 * `first_sent_at`: to the time at which it took the payout.
 */
const PUT_BACK = `
  WITH put_back AS (
    UPDATE payouts
       SET state = CASE WHEN first_sent_at = updated_at THEN 'DUE'
                        WHEN first_sent_at + $5 * interval '1 ms' <= now() THEN 'HELD' ELSE 'IN_DOUBT' END,
           first_sent_at = CASE WHEN first_sent_at = updated_at THEN NULL ELSE first_sent_at END,
           attempts = attempts - 1, put_backs = put_backs + 1, last_error = COALESCE($4, last_error),
           leased_until = NULL, due_at = now() + $3 * interval '1 ms', updated_at = now()
     WHERE idempotency_key = $1 AND fence = $2 AND state = 'SENDING'
    RETURNING idempotency_key, state, put_backs
  ) INSERT INTO payout_events (idempotency_key, event, detail)
    SELECT idempotency_key, CASE state WHEN 'HELD' THEN state ELSE 'PUT_BACK' END, $4
      FROM put_back WHERE put_backs = 1 OR state = 'HELD' RETURNING id`;

/**
 * $1 key, $2 fence, $3 why, $4 first and $5 longest pause (ms), $6 when it is held for an operator (ms after the first
 * request).
 */
const DOUBT = `
  WITH doubted AS (
    UPDATE payouts
       SET state = CASE WHEN first_sent_at + $6 * interval '1 ms' <= now() THEN 'HELD' ELSE 'IN_DOUBT' END, last_error = $3,
           leased_until = NULL, put_backs = 0, updated_at = now(),
           due_at = now() + least($5::float8, $4 * power(2, least(attempts - 1, 30))) * (0.75 + random() / 2) * interval '1 ms'
     WHERE idempotency_key = $1 AND fence = $2 AND state = 'SENDING'
    RETURNING idempotency_key, state
  ) INSERT INTO payout_events (idempotency_key, event, detail) SELECT idempotency_key, state, $3 FROM doubted RETURNING id`;
