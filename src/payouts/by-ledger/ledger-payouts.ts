import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { heldWallets } from '../../ledger/held-wallets.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { isPostgresFailure, waitedTooLong } from '../../platform/postgres/postgres-failure.js';
import { sqlState } from '../../platform/postgres/sql-state.js';
import type { EndedGrant } from '../ended-grants.js';
import { type Due, type Paid, Payouts } from '../payouts.js';
import {
  ALL_ARRIVALS,
  type Arrivals,
  payBegun,
  payPulled,
  type PulledGrant,
  pullPending,
} from './pending-grants.js';
import { PaidCounter } from './paid-counter.js';
import { PayoutPace } from './payout-pace.js';
import { SentElsewhere } from './sent-elsewhere.js';
import { SetBackPayouts } from './set-back-payouts.js';

/** Grants in one transaction, at most. */
const BATCH = 1_000;

/** When a batch takes longer than a statement may, and nobody is in its way, so many are paid at least. */
const FEW = 100;

/** Payouts that were begun and are due are retried one by one, or held, at most this many in one call. */
const RETRIES = 16;

/**
 * When more orders of a batch fail by themselves, the cause may not be the orders: the rest of the batch is left for
 * later.
 */
const MOST_FAILING = 32;

/** The pause after a batch that was not finished. */
export const CUT_SHORT_MS = 500;

/**
 * Pays one campaign from the ledger in our own Postgres, all grants of a batch in one transaction: every payout needs
 * the row of the campaign's account, so it is better to take it once for hundreds of payouts than hundreds of times. An
 * order that makes the batch fail is found by halving, and set back.
 */
@Injectable()
export class LedgerPayouts extends Payouts {
  private readonly log = new EventLog(LedgerPayouts.name);

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly setBacks: SetBackPayouts,
    private readonly sentElsewhere: SentElsewhere,
    private readonly pace: PayoutPace,
    private readonly counter: PaidCounter,
  ) {
    super();
  }

  async payDue({ campaignId, stopping, begin }: Due): Promise<Paid> {
    await begin();
    const batch = new Batch(campaignId);
    const begun = await this.setBacks.due(campaignId, RETRIES);
    const retries = begun.flatMap(({ userId, isSetBack }) => (isSetBack ? [userId] : []));
    if (retries.length < begun.length) await this.sentElsewhere.hold(campaignId, BATCH);
    try {
      await this.payArrivals(batch, ALL_ARRIVALS);
      for (const userId of retries) if (!stopping.aborted) await this.payAgain(batch, userId);
    } catch (error) {
      if (batch.ended.length === 0 && batch.setBack === 0) throw error;
      this.log.write('payout-batch-stopped', { campaignId, cause: String(error) });
      return { ended: batch.ended, againInMs: CUT_SHORT_MS };
    } finally {
      this.counter.count(campaignId, batch.ended);
    }
    if (batch.pulled === BATCH)
      return { ended: batch.ended, againInMs: await this.pace.pauseMs(campaignId, BATCH) };
    return { ended: batch.ended, againInMs: begun.length === RETRIES ? 0 : null };
  }

  /**
   * Pays the first BATCH among these arrivals. If an order makes that fail, pays each half by itself. If it took too
   * long because another transaction holds some of its users, sets these back and tries once more; if nobody is held,
   * pays the first FEW, and throws nevertheless.
   */
  private async payArrivals(batch: Batch, arrivals: Arrivals, mayTryAgain = true): Promise<void> {
    let orders: readonly PulledGrant[] = [];
    try {
      const ended = await this.source.transaction(async (transaction) => {
        orders = await pullPending(transaction, [batch.campaignId], arrivals, BATCH);
        batch.pulled = Math.max(batch.pulled, orders.length);
        return orders.length === 0 ? [] : payPulled(transaction, orders);
      });
      batch.ended.push(...ended);
    } catch (error) {
      if (mayTryAgain && waitedTooLong(error)) {
        if (await this.setHeldBack(batch, orders)) return this.payArrivals(batch, arrivals, false);
        const upTo = orders.length > FEW ? orders[FEW - 1]?.arrivalNo : undefined;
        if (upTo !== undefined) await this.payArrivals(batch, { after: arrivals.after, upTo }, false);
      }
      const state = sqlState(error);
      const last = orders.at(-1);
      if (state === null || isPostgresFailure(error) || !last) throw error;
      if (orders.length === 1) return this.setBack(batch, last, reason(state));
      const middle = orders[Math.floor(orders.length / 2) - 1]?.arrivalNo ?? last.arrivalNo;
      await this.payArrivals(batch, { after: arrivals.after, upTo: middle });
      await this.payArrivals(batch, { after: middle, upTo: last.arrivalNo });
    }
  }

  private async payAgain(batch: Batch, userId: string): Promise<void> {
    try {
      const ended = await this.source.transaction(async (transaction) => {
        if (!(await this.setBacks.take(transaction, batch.campaignId, userId))) return [];
        const held = await heldWallets(transaction, batch.campaignId, [userId]);
        if (held.length > 0) return null;
        return payBegun(transaction, [{ campaignId: batch.campaignId, userId }]);
      });
      if (ended) batch.ended.push(...ended);
      else await this.setBacks.setBack(batch.campaignId, userId, HELD);
    } catch (error) {
      const state = sqlState(error);
      if (state === null || isPostgresFailure(error)) throw error;
      await this.setBacks.setBack(batch.campaignId, userId, reason(state));
    }
  }

  /** @returns whether another transaction holds some of these users */
  private async setHeldBack(batch: Batch, orders: readonly PulledGrant[]): Promise<boolean> {
    const held = await this.source.transaction((transaction) =>
      heldWallets(transaction, batch.campaignId, usersOf(orders)),
    );
    const users = new Set(held);
    for (const order of orders) if (users.has(order.userId)) await this.postpone(batch, order, HELD);
    return users.size > 0;
  }

  private async setBack(batch: Batch, order: PulledGrant, why: string): Promise<void> {
    await this.postpone(batch, order, why);
    if (++batch.failing > MOST_FAILING) throw new Error(`More than ${MOST_FAILING} payouts of a batch fail.`);
  }

  /** This batch skips the order in any case, even if setting it back can not be recorded. */
  private async postpone(batch: Batch, { userId, arrivalNo }: PulledGrant, why: string): Promise<void> {
    const { campaignId } = batch;
    this.log.write('payout-postponed', { campaignId, arrivalNo, why });
    try {
      await this.setBacks.setBack(campaignId, userId, why);
      batch.setBack++;
    } catch (error) {
      if (sqlState(error) === null || isPostgresFailure(error)) throw error;
      this.log.write('payout-not-postponed', { campaignId, arrivalNo, cause: String(error) });
    }
  }
}

/** The progress of one call. */
class Batch {
  readonly ended: EndedGrant[] = [];
  /** The number of orders in the largest transaction. */
  pulled = 0;
  /** How many orders failed by themselves, and of those how many were set back. */
  failing = 0;
  setBack = 0;

  constructor(readonly campaignId: string) {}
}

/** For the operator: another transaction holds what the user is paid into. */
const HELD = 'wallet-held';

function usersOf(orders: readonly PulledGrant[]): string[] {
  return orders.map(({ userId }) => userId);
}

/** A short word for the operator. */
function reason(state: string): string {
  return `sqlstate-${state.toLowerCase()}`;
}
