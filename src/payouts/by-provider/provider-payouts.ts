import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { readEnded } from '../ended-grants.js';
import { PayoutConclusions, type Settlement } from '../payout-conclusions.js';
import type { ProviderAnswer } from '../payout-port.js';
import { type Due, type Paid, Payouts } from '../payouts.js';
import { type Attempt, Attempts } from './attempts.js';
import { BatchesInTurn } from '../../platform/gathering/batches-in-turn.js';
import { ProviderCalls } from './provider-calls.js';

/** Payouts looked at in one call, at most … */
const BATCH = 200;
/**
 * … and for how long new ones are begun. Then it is another campaign's turn: a provider may be slow, and its rate low.
 */
const BATCH_MS = 1_000;

/** The provider was not asked, since the user's wallet is closed and nothing was ever sent. */
interface WalletClosed {
  readonly kind: 'wallet-closed';
}

interface Batch {
  readonly campaignId: string;
  readonly userIds: readonly string[];
  readonly takes: BatchesInTurn<string, Attempt | null>;
  readonly settlements: BatchesInTurn<Settlement, boolean>;
  /** Those of them that are not taken yet. */
  readonly left: string[];
  /** By `performance.now()`. */
  readonly endsAt: number;
  /** The provider takes no more now. */
  isRefused: boolean;
}

/**
 * Pays through a provider across a network. For each payout, the attempt is recorded and committed, the provider is
 * called while no transaction is open, its answer is recorded. Calls are made apart; what they have to record at about
 * the same time is recorded together. A process that dies in between leaves payouts that may have been sent; whichever
 * takes one next looks it up first.
 */
@Injectable()
export class ProviderPayouts extends Payouts {
  private readonly lanes: number;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly attempts: Attempts,
    private readonly calls: ProviderCalls,
    private readonly conclusions: PayoutConclusions,
    private readonly failpoints: Failpoints,
    private readonly environment: Environment,
    private readonly tracing: Tracing,
  ) {
    super();
    this.lanes = Math.max(
      1,
      Math.floor(environment.PAYOUT_HTTP_CONCURRENCY / environment.WORKER_CONCURRENCY),
    );
  }

  async payDue({ campaignId, stopping, begin }: Due): Promise<Paid> {
    await begin();
    const due = await this.attempts.due(campaignId, BATCH);
    const batch: Batch = {
      ...{ campaignId, userIds: [...due], left: due },
      takes: new BatchesInTurn((userIds) => this.take(campaignId, userIds)),
      settlements: new BatchesInTurn((settlements) => this.settle(campaignId, settlements)),
      ...{ endsAt: performance.now() + BATCH_MS, isRefused: false },
    };
    const lanes = Array.from({ length: this.lanes }, () => this.work(batch, stopping));
    const broken = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
    if (broken?.status === 'rejected') throw broken.reason;
    const isMore = batch.left.length > 0 || batch.userIds.length >= BATCH / 2;
    return {
      ended: await readEnded(this.source, campaignId, batch.userIds),
      againInMs: isMore && !batch.isRefused ? 0 : null,
    };
  }

  /** One call at a time, until nothing is due, the batch's time is up, or the provider takes no more. */
  private async work(batch: Batch, stopping: AbortSignal): Promise<void> {
    while (batch.left.length > 0 && performance.now() < batch.endsAt) {
      if (!(await this.calls.turn(stopping))) {
        batch.isRefused = !stopping.aborted;
        return;
      }
      const attempt = await this.takeNext(batch);
      if (!attempt) return;
      this.failpoints.reach('payout.recorded');
      const { campaignId, arrivalNo, mustLookUp } = attempt;
      await this.tracing.run('payout', { campaign: campaignId, arrivalNo, mustLookUp }, () =>
        this.pay(attempt, batch, stopping),
      );
    }
  }

  private async pay(attempt: Attempt, batch: Batch, stopping: AbortSignal): Promise<void> {
    const answer = await this.ask(attempt, stopping);
    this.failpoints.reach('provider.answered');
    this.tracing.note('why' in answer ? { answer: answer.kind, why: answer.why } : { answer: answer.kind });
    await this.record(attempt, answer, batch);
  }

  private async takeNext({ left, takes }: Batch): Promise<Attempt | null> {
    for (let userId = left.shift(); userId !== undefined; userId = left.shift()) {
      const attempt = await takes.ask(userId);
      if (attempt) return attempt;
    }
    return null;
  }

  /** @returns an attempt for each of these users, or null if their payout could not be taken */
  private async take(campaignId: string, userIds: readonly string[]): Promise<(Attempt | null)[]> {
    const taken = await this.attempts.take(campaignId, userIds);
    const byUser = new Map(taken.map((attempt) => [attempt.userId, attempt]));
    return userIds.map((userId) => byUser.get(userId) ?? null);
  }

  /**
   * @returns for each of these whether it is settled. None is if the accounts do not allow it for one of them: then
   *   each has to be concluded by itself, and that one fails alone.
   */
  private async settle(campaignId: string, settlements: readonly Settlement[]): Promise<boolean[]> {
    return this.conclusions.settle(campaignId, settlements).catch(() => settlements.map(() => false));
  }

  /**
   * P7: what may have been sent is looked up, and sent again only under its key and while the provider knows that key.
   * Nothing is sent for a closed wallet: what certainly never was is rejected, anything else stays in doubt.
   */
  private async ask(attempt: Attempt, stopping: AbortSignal): Promise<ProviderAnswer | WalletClosed> {
    if (attempt.mustLookUp) {
      const found = await this.calls.find(attempt);
      if (found.kind !== 'not-found') return found;
      if (attempt.isWalletClosed) return { kind: 'in-doubt', why: 'wallet-closed' };
      if (!(await this.calls.another(stopping))) return { kind: 'not-now', retryAfterMs: 0 };
    }
    if (attempt.isWalletClosed) return { kind: 'wallet-closed' };
    if (performance.now() >= attempt.sendBefore) return { kind: 'in-doubt', why: 'not-found' };
    return this.calls.send(attempt);
  }

  private async record(
    attempt: Attempt,
    answer: ProviderAnswer | WalletClosed,
    { settlements }: Batch,
  ): Promise<void> {
    const { idempotencyKey } = attempt;
    if (answer.kind === 'settled') {
      const { providerReference } = answer;
      if (await settlements.ask({ idempotencyKey, providerReference })) return;
    }
    switch (answer.kind) {
      case 'settled':
      case 'rejected':
      case 'reversed':
        // Even if another process holds the lease by now: the first outcome of a key is final, so all get the same
        // (R13).
        await this.conclusions.conclude({
          idempotencyKey,
          state: OUTCOMES[answer.kind],
          providerReference: answer.providerReference,
          reason: answer.kind === 'rejected' ? answer.reason : null,
        });
        return;
      case 'wallet-closed':
        await this.conclusions.rejectForClosedWallet(attempt);
        return;
      case 'not-now':
        await this.attempts.putBack(attempt, answer.retryAfterMs, null);
        return;
      case 'refused':
        await this.attempts.putBack(attempt, this.environment.PAYOUT_HTTP_BREAKER_MS, answer.why);
        return;
      case 'not-found':
      case 'in-doubt':
        await this.attempts.doubt(attempt, answer.kind === 'in-doubt' ? answer.why : answer.kind);
    }
  }
}

const OUTCOMES = { settled: 'SETTLED', rejected: 'REJECTED', reversed: 'REVERSED' } as const;
