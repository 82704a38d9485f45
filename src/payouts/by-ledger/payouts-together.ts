import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { BatchesInTurn } from '../../platform/gathering/batches-in-turn.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { isPostgresFailure, waitedTooLong } from '../../platform/postgres/postgres-failure.js';
import { rows } from '../../platform/postgres/rows.js';
import { sqlState } from '../../platform/postgres/sql-state.js';
import { type Due, type Paid, Payouts } from '../payouts.js';
import { CUT_SHORT_MS, LedgerPayouts } from './ledger-payouts.js';
import { PaidCounter } from './paid-counter.js';
import { ALL_ARRIVALS, payPulled, pullPending } from './pending-grants.js';
import { SetBackPayouts } from './set-back-payouts.js';

/** Campaigns in one transaction, at most. */
export const CAMPAIGNS_TOGETHER = 32;

/** Grants in one transaction, at most; each campaign has the same share of it. */
const GRANTS_TOGETHER = 1_000;

/** In ms. Whoever holds a wallet or an account for longer holds up nobody but those who need it. */
const LONGEST_WAIT_MS = 250;

interface Turn {
  readonly due: Due;
  readonly isAlone: boolean;
}

/** The part of a turn that concerns one campaign. */
interface Part {
  readonly paid: Paid;
  /** Something is left that needs a transaction of this campaign's own. */
  readonly goesAlone: boolean;
}

const NOTHING: Paid = { ended: [], againInMs: null };

/**
 * Pays campaigns of the ledger in turns. Those that come while all turns are taken share the next one, and a
 * transaction: a commit and a statement cost many times what a payout costs. No campaign waits for another one's locks
 * for longer than LONGEST_WAIT_MS, and none fails because of another: if their transaction fails, each pays alone, as
 * does one that has more to pay than its share, or payouts to be tried again (docs/adr/0063).
 */
@Injectable()
export class PayoutsTogether extends Payouts {
  private readonly log = new EventLog(PayoutsTogether.name);
  private readonly turns: BatchesInTurn<Turn, Part>;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly alone: LedgerPayouts,
    private readonly setBacks: SetBackPayouts,
    private readonly counter: PaidCounter,
    environment: Environment,
  ) {
    super();
    this.turns = new BatchesInTurn((turns: readonly Turn[]) => this.take(turns), {
      atOnce: environment.WORKER_CONCURRENCY,
      batchWeight: CAMPAIGNS_TOGETHER,
      weigh: ({ isAlone }) => (isAlone ? CAMPAIGNS_TOGETHER : 1),
    });
  }

  async payDue(due: Due): Promise<Paid> {
    const { paid, goesAlone } = await this.turns.ask({ due, isAlone: false });
    if (!goesAlone) return paid;
    try {
      const rest = (await this.turns.ask({ due, isAlone: true })).paid;
      return { ended: [...paid.ended, ...rest.ended], againInMs: rest.againInMs };
    } catch (error) {
      if (paid.ended.length === 0) throw error;
      this.log.write('payout-batch-stopped', { campaignId: due.campaignId, cause: String(error) });
      return { ended: paid.ended, againInMs: CUT_SHORT_MS };
    }
  }

  private async take(turns: readonly Turn[]): Promise<Part[]> {
    const [first, ...others] = turns.map(({ due }) => due);
    if (first && others.length === 0) return [{ paid: await this.alone.payDue(first), goesAlone: false }];
    const parts = await this.payTogether(turns.map(({ due }) => due));
    return turns.map(({ due: { campaignId } }) => {
      const part = parts.get(campaignId) ?? { paid: NOTHING, goesAlone: false };
      parts.delete(campaignId); // should two have asked for one campaign, the first gets the answer
      return part;
    });
  }

  private async payTogether(dues: readonly Due[]): Promise<Map<string, Part>> {
    await Promise.all(dues.map((due) => due.begin()));
    const campaignIds = [...new Set(dues.map(({ campaignId }) => campaignId))];
    const withRetries = await this.setBacks.whoseAreDue(campaignIds);
    const together = campaignIds.filter((campaignId) => !withRetries.has(campaignId));
    const parts = new Map([...withRetries].map((campaignId) => [campaignId, GOES_ALONE]));
    try {
      for (const [campaignId, part] of await this.payShares(together)) parts.set(campaignId, part);
    } catch (error) {
      if (isPostgresFailure(error) && !isAboutLocks(error)) throw error;
      this.log.write('payouts-go-alone', { campaigns: together.length, cause: String(error) });
      for (const campaignId of together) parts.set(campaignId, GOES_ALONE);
    }
    return parts;
  }

  private async payShares(campaignIds: readonly string[]): Promise<Map<string, Part>> {
    const parts = new Map<string, Part>();
    if (campaignIds.length === 0) return parts;
    const share = Math.floor(GRANTS_TOGETHER / campaignIds.length);
    const ended = await this.source.transaction(async (transaction) => {
      await rows(transaction, `SELECT set_config('lock_timeout', $1, true)`, [String(LONGEST_WAIT_MS)]);
      const orders = await pullPending(transaction, campaignIds, ALL_ARRIVALS, share);
      return orders.length === 0 ? [] : payPulled(transaction, orders);
    });
    for (const campaignId of campaignIds) {
      const of = ended.filter((grant) => grant.campaignId === campaignId);
      this.counter.count(campaignId, of);
      parts.set(campaignId, { paid: { ended: of, againInMs: null }, goesAlone: of.length === share });
    }
    return parts;
  }
}

const GOES_ALONE: Part = { paid: NOTHING, goesAlone: true };

const DEADLOCK = '40P01';

/** Whether somebody else's locks made the transaction fail. */
function isAboutLocks(error: unknown): boolean {
  return waitedTooLong(error) || sqlState(error) === DEADLOCK;
}
