import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { enterRejection } from '../ledger/closed-wallet.js';
import { EventLog } from '../platform/logging/event-log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { rows } from '../platform/postgres/rows.js';
import type { EndedGrant } from './ended-grants.js';
import { type Ending, endPayouts, readEnds, type Standing } from './payout-ending.js';
import { type PayoutState, statesBefore } from './payout-state.js';
import { holdCampaign, lockUpkeep } from './reversal-turn.js';

/** The ending of one payout. */
export interface Conclusion extends Ending {
  readonly idempotencyKey: string;
  readonly providerReference: string | null;
  /** The states from which it may be applied; default: all from which `state` can be reached. */
  readonly onlyFrom?: readonly PayoutState[];
  /** Whether the news is about what was sent (null: nothing was); asked while the payout is locked. Default: it is. */
  readonly fits?: (requestBody: string | null) => boolean;
}

/** A transfer that a provider says was made. */
export interface Settlement {
  readonly idempotencyKey: string;
  readonly providerReference: string;
}

/**
 * The effect of a conclusion: it was `applied`; it was `known` already; there is no such payout; it is about another
 * transfer than ours; or it contradicts a final outcome (R13), which is recorded and changes nothing.
 */
export type Effect = 'applied' | 'known' | 'unknown-payout' | 'other-transfer' | 'contradiction';

export interface Concluded {
  readonly effect: Effect;
  readonly campaignId: string | null;
  /** What to tell the gate, if anything. Telling it twice does no harm. */
  readonly ended: EndedGrant | null;
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
    if (effect === 'applied' && campaignId !== null) this.count(campaignId, state);
    if (effect === 'contradiction') {
      this.metrics.payoutContradictions.inc();
      this.log.write('payout-contradiction', { campaignId, state });
    }
    if (effect === 'unknown-payout') this.log.write('payout-unknown', { keyLength: idempotencyKey.length });
    return concluded;
  }

  /**
   * Settles payouts of one campaign in one transaction, which takes its turn at the accounts once.
   * @returns for each of them whether it is settled now; false leaves it, as it was, to `conclude`
   * @throws the driver's error when the accounts allow it for none of them, or not for all
   */
  async settle(campaignId: string, settlements: readonly Settlement[]): Promise<boolean[]> {
    const references = new Map(settlements.map((one) => [one.idempotencyKey, one.providerReference]));
    const settled = await this.source.transaction(async (transaction) => {
      const open = (await lock(transaction, [...references.keys()]))
        .filter(
          (payout) => payout.campaignId === campaignId && statesBefore('SETTLED').includes(payout.state),
        )
        .map((payout) => ({ ...payout, providerReference: references.get(payout.idempotencyKey) ?? null }));
      await endPayouts(transaction, open, { state: 'SETTLED', reason: null });
      return new Set(open.map(({ idempotencyKey }) => idempotencyKey));
    });
    this.count(campaignId, 'SETTLED', settled.size);
    return settlements.map(({ idempotencyKey }) => settled.has(idempotencyKey));
  }

  /**
   * The ledger rejects a payout that was taken with a closed wallet, and of which nothing was sent. It changes nothing
   * if the payout was taken again meanwhile: the wallet may have been opened, and the payout sent.
   * @param taken the payout as it was taken
   */
  async rejectForClosedWallet(taken: {
    readonly idempotencyKey: string;
    readonly fence: number;
  }): Promise<void> {
    const campaignId = await this.source.transaction(async (transaction) => {
      const [payout] = await lock(transaction, [taken.idempotencyKey]);
      if (payout?.state !== 'SENDING' || payout.fence !== taken.fence) return null;
      const providerReference = await enterRejection(transaction, taken.idempotencyKey);
      const ending = { state: 'REJECTED', reason: 'wallet-closed' } as const;
      await endPayouts(transaction, [{ ...payout, providerReference }], ending);
      return payout.campaignId;
    });
    if (campaignId !== null) this.count(campaignId, 'REJECTED');
  }

  /**
   * Ends payouts of one campaign as an operator decided, within `transaction`.
   * @param payouts locked by the caller, after their grants, and in states that are left to operators
   * @returns what to tell the gate after COMMIT
   */
  async concludeAll(
    transaction: EntityManager,
    payouts: readonly Standing[],
    decision: Required<Ending> & { readonly state: 'SETTLED' | 'REJECTED' },
  ): Promise<EndedGrant[]> {
    const ending = payouts.map((payout) => ({ ...payout, providerReference: null }));
    await endPayouts(transaction, ending, decision);
    return readEnds(transaction, payouts);
  }

  private count(campaignId: string, outcome: Ending['state'], payouts = 1): void {
    if (payouts === 0) return;
    this.metrics.payouts.inc({ campaign: campaignId, outcome: outcome.toLowerCase() }, payouts);
    if (outcome === 'SETTLED') this.metrics.recent.paid(campaignId, payouts);
  }

  private async apply(transaction: EntityManager, conclusion: Conclusion): Promise<Concluded> {
    const { idempotencyKey, state, onlyFrom, fits } = conclusion;
    const [payout] = await lock(transaction, [idempotencyKey]);
    if (!payout) return { effect: 'unknown-payout', campaignId: null, ended: null };
    if (fits && !fits(await readBody(transaction, payout)))
      return { effect: 'other-transfer', campaignId: payout.campaignId, ended: null };

    if (state === 'REVERSED' && statesBefore('SETTLED').includes(payout.state)) {
      // Money that came back had moved: we learn both at once. In the order of locks, the accounts come last.
      await holdCampaign(transaction, payout.campaignId);
      await lockUpkeep(transaction, payout.campaignId);
      const { providerReference } = conclusion;
      await endPayouts(transaction, [{ ...payout, providerReference }], { ...conclusion, state: 'SETTLED' });
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
    const { providerReference } = conclusion;
    await endPayouts(transaction, [{ ...payout, providerReference }], conclusion);
    const [ended] = await readEnds(transaction, [payout]);
    return { effect: 'applied', campaignId: payout.campaignId, ended: ended ?? null };
  }
}

/**
 * Locks payouts, so that concurrent news of one is applied one after the other. Their grants are locked first, as
 * wherever both are changed (docs/architecture.md#the-order-of-locks). A payout of an archived campaign counts as
 * unknown.
 */
async function lock(
  transaction: EntityManager,
  idempotencyKeys: readonly string[],
): Promise<(Standing & { readonly fence: number })[]> {
  await rows(
    transaction,
    `SELECT FROM user_grants
      WHERE (campaign_id, user_id) IN (SELECT campaign_id, user_id FROM payouts WHERE idempotency_key = ANY ($1::text[]))
      ORDER BY campaign_id, user_id FOR UPDATE`,
    [idempotencyKeys],
  );
  return rows<Standing & { readonly fence: number }>(
    transaction,
    `SELECT idempotency_key AS "idempotencyKey", campaign_id AS "campaignId", user_id AS "userId", state, fence
       FROM payouts
      WHERE idempotency_key = ANY ($1::text[])
        AND NOT EXISTS (SELECT FROM campaigns WHERE id = payouts.campaign_id AND archived_at IS NOT NULL)
      ORDER BY campaign_id, user_id FOR UPDATE OF payouts`,
    [idempotencyKeys],
  );
}

/** What is, or was, sent for a payout; null for nothing. */
async function readBody(transaction: EntityManager, { idempotencyKey }: Standing): Promise<string | null> {
  const [payout] = await rows<{ body: string | null }>(
    transaction,
    `SELECT request_body AS body FROM payouts WHERE idempotency_key = $1`,
    [idempotencyKey],
  );
  return payout?.body ?? null;
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
