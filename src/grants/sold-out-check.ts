import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '../problems/problem.js';
import { Environment } from '../config/environment.js';
import { ClaimStore } from './claim.store.js';

/** What the gate said it was full as of. */
export interface FullGate {
  readonly campaignId: string;
  readonly epoch: string;
  readonly lastArrivalNo: number;
  /** See `ClaimDecisions`. Whatever of these is durable, a rebuild has found; the others were lost, and told nothing. */
  readonly rebuiltUpTo: number;
}

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/**
 * P5, R12: "sold out" may be said only once every place ahead is in Postgres. What was found so is remembered for exactly
 * that epoch and arrival number: a later one stands for places of which nothing is known yet.
 */
@Injectable()
export class SoldOutCheck {
  private readonly confirmed = new Map<string, FullGate>();
  private readonly underWay = new Map<string, Promise<boolean>>();

  constructor(
    private readonly claims: ClaimStore,
    private readonly environment: Environment,
  ) {}

  /** Whether just this was found before. */
  isConfirmed({ campaignId, epoch, lastArrivalNo }: FullGate): boolean {
    const known = this.confirmed.get(campaignId);
    return known?.epoch === epoch && known.lastArrivalNo === lastArrivalNo;
  }

  /**
   * Waits, for a while, until the places ahead are durable: mostly they are being written at this moment.
   * @returns false when the epoch has moved on, so that what the gate said counts no more
   * @throws Problem 503 when some place ahead is still not durable after a while
   */
  confirm(full: FullGate): Promise<boolean> {
    const key = `${full.campaignId} ${full.epoch} ${full.lastArrivalNo}`;
    const underWay = this.underWay.get(key);
    if (underWay) return underWay;
    const check = this.check(full).finally(() => this.underWay.delete(key));
    this.underWay.set(key, check);
    return check;
  }

  private async check(full: FullGate): Promise<boolean> {
    const { campaignId, epoch, rebuiltUpTo, lastArrivalNo } = full;
    const giveUpAt = performance.now() + this.environment.REQUEST_DEADLINE_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const places = await this.claims.durablePlaces(campaignId, epoch, rebuiltUpTo, lastArrivalNo);
      if (places === null) return false;
      if (places === lastArrivalNo - rebuiltUpTo) {
        this.confirmed.set(full.campaignId, full);
        return true;
      }
      if (performance.now() + pause > giveUpAt) {
        throw unavailable('Places ahead of yours are still being written down.');
      }
      await sleep(pause);
    }
  }
}
