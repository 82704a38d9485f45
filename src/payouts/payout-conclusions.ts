import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { EventLog } from '../platform/logging/event-log.js';
import { enterPayouts, enterReversals } from '../ledger/provider-account.js';
import { returnBudget } from '../ledger/return-budget.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { rows } from '../platform/postgres/rows.js';
import { unavailable } from '../platform/problems/problem.js';
import type { EndedGrant } from './ended-grants.js';
import { type PayoutState, statesBefore } from './payout-state.js';

/** How a payout ended, or that its money came back, as reported by a source that knows. */
interface Ending {
  readonly state: 'SETTLED' | 'REJECTED' | 'REVERSED';
  readonly providerReference: string | null;
  /** The reason for a rejection or for an operator's decision. */
  readonly reason: string | null;
  /** The operator who decided it. */
  readonly actor?: string;
}

/** The ending of one payout. */
export interface Conclusion extends Ending {
  readonly idempotencyKey: string;
  /** The states from which it may be applied; default: all from which `state` can be reached. */
  readonly onlyFrom?: readonly PayoutState[];
}

/**
 * The effect of a conclusion: it was `applied`; it was `known` already; there is no such payout; or it contradicts a
 * final outcome (R13), which is recorded and changes nothing.
 */
export type Effect = 'applied' | 'known' | 'unknown-payout' | 'contradiction';

export interface Concluded {
  readonly effect: Effect;
  readonly campaignId: string | null;
  /** What to tell the gate, if anything. Telling it twice does no harm. */
  readonly ended: EndedGrant | null;
}

export interface Standing {
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly userId: string;
  readonly state: PayoutState;
}

/** Per payout. */
const CONTRADICTIONS_KEPT = 10;

/**
 * Ends payouts made by a provider, whatever the source of the news: its answer, a look-up, a webhook, a statement, an
 * operator.
 */
@Injectable()
export class PayoutConclusions {
  private readonly log = new EventLog(PayoutConclusions.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Payout, grant and ledger change in one transaction, or not at all.
   * @param alongside further writes in the same transaction; gets the effect
   */
  async conclude(
    conclusion: Conclusion,
    alongside?: (transaction: EntityManager, effect: Effect) => Promise<void>,
  ): Promise<Concluded> {
    const concluded = await this.source.transaction(async (transaction) => {
      const done = await this.apply(transaction, conclusion);
      await alongside?.(transaction, done.effect);
      return done;
    });
    const { effect, campaignId } = concluded;
    const { state, idempotencyKey } = conclusion;
    if (effect === 'applied' && campaignId !== null)
      this.metrics.payouts.inc({ campaign: campaignId, outcome: state.toLowerCase() });
    if (effect === 'contradiction') this.log.write('payout-contradiction', { campaignId, state });
    if (effect === 'unknown-payout') this.log.write('payout-unknown', { keyLength: idempotencyKey.length });
    return concluded;
  }

  /**
   * Ends payouts of one campaign as an operator decided, within `transaction`.
   * @param payouts locked by the caller, after their grants, and in states that are left to operators
   * @returns what to tell the gate after COMMIT
   */
  async concludeAll(
    transaction: EntityManager,
    payouts: readonly Standing[],
    decision: { readonly state: 'SETTLED' | 'REJECTED'; readonly reason: string; readonly actor: string },
  ): Promise<EndedGrant[]> {
    await end(transaction, payouts, { ...decision, providerReference: null });
    return readEnds(transaction, payouts);
  }

  private async apply(transaction: EntityManager, conclusion: Conclusion): Promise<Concluded> {
    const { idempotencyKey, state, onlyFrom } = conclusion;
    const payout = await lock(transaction, idempotencyKey);
    if (!payout) return { effect: 'unknown-payout', campaignId: null, ended: null };

    if (state === 'REVERSED' && statesBefore('SETTLED').includes(payout.state)) {
      // Money that came back had moved: we learn both at once. In the order of locks, the accounts come last.
      await holdCampaign(transaction, payout.campaignId);
      await lockUpkeep(transaction, payout.campaignId);
      await end(transaction, [payout], { ...conclusion, state: 'SETTLED' });
      return this.finish(transaction, { ...payout, state: 'SETTLED' }, conclusion);
    }
    const allowed = onlyFrom ?? statesBefore(state);
    if (allowed.includes(payout.state)) return this.finish(transaction, payout, conclusion);

    const known = payout.state === state || (state === 'SETTLED' && payout.state === 'REVERSED');
    if (!known) await writeContradiction(transaction, payout, conclusion);
    const [ended] = await readEnds(transaction, [payout]);
    return {
      effect: known ? 'known' : 'contradiction',
      campaignId: payout.campaignId,
      ended: ended ?? null,
    };
  }

  private async finish(
    transaction: EntityManager,
    payout: Standing,
    conclusion: Conclusion,
  ): Promise<Concluded> {
    await end(transaction, [payout], conclusion);
    const [ended] = await readEnds(transaction, [payout]);
    return { effect: 'applied', campaignId: payout.campaignId, ended: ended ?? null };
  }
}

/**
 * Locks the payout, so that concurrent news of it is applied one after the other. Its grant is locked first, as
 * wherever both are changed (docs/architecture.md#the-order-of-locks). A payout of an archived campaign counts as
 * unknown.
 */
async function lock(transaction: EntityManager, idempotencyKey: string): Promise<Standing | undefined> {
  await rows(
    transaction,
    `SELECT FROM user_grants
      WHERE (campaign_id, user_id) = (SELECT campaign_id, user_id FROM payouts WHERE idempotency_key = $1) FOR UPDATE`,
    [idempotencyKey],
  );
  const [payout] = await rows<Standing>(
    transaction,
    `SELECT idempotency_key AS "idempotencyKey", campaign_id AS "campaignId", user_id AS "userId", state
       FROM payouts
      WHERE idempotency_key = $1
        AND NOT EXISTS (SELECT FROM campaigns WHERE id = payouts.campaign_id AND archived_at IS NOT NULL)
        FOR UPDATE OF payouts`,
    [idempotencyKey],
  );
  return payout;
}

/**
 * P7: the only place where a provider's payouts end their grants. A reversal ends a grant only if its slot is granted
 * again.
 * @param payouts of one campaign, locked, in states that allow this ending
 */
async function end(
  transaction: EntityManager,
  payouts: readonly Standing[],
  conclusion: Ending,
): Promise<void> {
  const [first] = payouts;
  if (!first) return;
  const { campaignId } = first;
  const { state, providerReference, reason } = conclusion;
  const keys = payouts.map(({ idempotencyKey }) => idempotencyKey);
  const campaign = state === 'REVERSED' ? await holdCampaign(transaction, campaignId) : null;
  await rows(
    transaction,
    `WITH ended AS (
       UPDATE payouts
          SET state = $2, provider_reference = COALESCE($3, provider_reference), last_error = $4,
              leased_until = NULL, due_at = NULL, updated_at = now()
        WHERE idempotency_key = ANY ($1::text[])
       RETURNING campaign_id
     ) SELECT campaign_id FROM ended`,
    [keys, state, providerReference, state === 'SETTLED' ? null : reason],
  );
  await writeEvents(transaction, payouts, conclusion, state);
  await rows(
    transaction,
    `WITH ended AS (
       UPDATE user_grants SET status = CASE $3 WHEN 'SETTLED' THEN 'SUCCESS' ELSE 'FAILED' END, updated_at = now()
        WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[])
          AND CASE $3 WHEN 'REVERSED' THEN status = 'SUCCESS' AND $4::boolean ELSE status = 'PENDING' END
       RETURNING status
     ) SELECT status FROM ended`,
    [campaignId, payouts.map(({ userId }) => userId), state, campaign?.regrants ?? false],
  );
  if (state === 'SETTLED') await enterPayouts(transaction, campaignId, keys);
  if (state === 'REVERSED') await enterReversals(transaction, campaignId, keys);
  if (campaign?.isFinished) await returnBudget(transaction, campaignId, first.idempotencyKey); // R28: the money goes on to the treasury
}

/**
 * Takes the campaign's turn, so that money comes back before or after a step towards the campaign's end, never during
 * one (R26). The slot is granted again if the policy says so and the line may still get it; the campaign is then no
 * longer at rest.
 */
async function holdCampaign(
  transaction: EntityManager,
  campaignId: string,
): Promise<{ readonly regrants: boolean; readonly isFinished: boolean }> {
  await rows(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))`, [
    campaignId,
  ]);
  const [campaign] = await rows<{ regrants: boolean; isFinished: boolean }>(
    transaction,
    `WITH regranting AS (
       UPDATE campaigns SET at_rest_since = NULL
        WHERE id = $1 AND reversal_policy = 'regrant' AND finished_at IS NULL AND (sealed_at IS NULL OR state = 'CLOSED')
       RETURNING id
     ) SELECT EXISTS (SELECT FROM regranting) AS regrants, finished_at IS NOT NULL AS "isFinished" FROM campaigns
        WHERE id = $1 AND archived_at IS NULL`,
    [campaignId],
  );
  if (!campaign) throw unavailable('The campaign is being archived.');
  return campaign;
}

/**
 * For a reversal that enters something before `payouts_reversed_need_a_look` writes this row. A campaign without it has left the
 * reapers for good, and the turn keeps other reversals from adding it.
 */
async function lockUpkeep(transaction: EntityManager, campaignId: string): Promise<void> {
  await rows(transaction, `SELECT FROM campaign_upkeep WHERE campaign_id = $1 FOR UPDATE`, [campaignId]);
}

async function writeEvents(
  transaction: EntityManager,
  payouts: readonly Standing[],
  { reason, actor }: Ending,
  event: string,
): Promise<void> {
  await rows(
    transaction,
    `INSERT INTO payout_events (idempotency_key, event, detail, actor)
     SELECT key, $2, $3, $4 FROM unnest($1::text[]) AS keys (key) RETURNING id`,
    [payouts.map(({ idempotencyKey }) => idempotencyKey), event, reason, actor ?? null],
  );
}

/** A provider may contradict itself any number of times; only the first CONTRADICTIONS_KEPT per payout are recorded. */
async function writeContradiction(
  transaction: EntityManager,
  { idempotencyKey }: Standing,
  { reason, actor }: Ending,
): Promise<void> {
  await rows(
    transaction,
    `INSERT INTO payout_events (idempotency_key, event, detail, actor)
     SELECT $1, 'CONTRADICTED', $2, $3
      WHERE (SELECT count(*) FROM payout_events WHERE idempotency_key = $1 AND event = 'CONTRADICTED') < $4 RETURNING id`,
    [idempotencyKey, reason, actor ?? null, CONTRADICTIONS_KEPT],
  );
}

async function readEnds(transaction: EntityManager, payouts: readonly Standing[]): Promise<EndedGrant[]> {
  return rows<EndedGrant>(
    transaction,
    `SELECT user_id AS "userId", grant_seq AS "grantSeq", status FROM user_grants
      WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[]) AND status <> 'PENDING'`,
    [payouts[0]?.campaignId, payouts.map(({ userId }) => userId)],
  );
}
