import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import { GateKeeper } from '../slots/gate-keeper.js';
import { SlotService } from '../slots/slot.service.js';
import { unavailable } from '../../platform/problems/problem.js';
import { Environment } from '../../platform/config/environment.js';
import { ClaimStore } from './claim.store.js';

/** The state of a gate when it answered that it is full. */
export interface FullGate {
  readonly campaignId: string;
  /** See `gateIdentity`. */
  readonly gate: string;
  readonly epoch: string;
  readonly lastArrivalNo: number;
  /**
   * See `ClaimDecisions`. The rebuild has found all of these arrivals that are durable; the others were lost, and their
   * users were told nothing.
   */
  readonly rebuiltUpTo: number;
}

/** Every arrival at this gate up to `upTo` is durable, and stays so. */
interface Confirmed {
  readonly gate: string;
  readonly upTo: number;
}

/** Where checks have got stuck. */
interface Stuck extends Confirmed {
  /** Durable places among the next FEW arrivals: more than before means that they are late, not lost. */
  readonly places: number;
  /** By `performance.now()`. */
  readonly since: number;
}

interface Check {
  readonly full: FullGate;
  readonly outcome: Promise<boolean>;
}

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** Most arrivals that one statement counts, so that it takes some ms, however large the campaign is. */
const MOST_COUNTED = 50_000;
/** While one of so few arrivals is missing, the rest need not be counted. */
const FEW = 100;

/** Most campaigns that are remembered. What is forgotten is counted again. */
const CAMPAIGNS_REMEMBERED = 10_000;

/**
 * R18: a place that is not durable after so many leases was lost, unless it has a lease that no reaper has looked at
 * yet.
 */
const LOST_AFTER_LEASES = 2;

/**
 * P5, R12: "sold out" may be answered only once every place ahead is in Postgres. What is durable at a gate stays so,
 * so only arrivals that were not counted before are counted: those of a freed place, not of a campaign. A campaign runs
 * one check at a time, and a check one statement at a time: however many requests wait for it, the other connections
 * are left to claims.
 */
@Injectable()
export class SoldOutCheck {
  /** By campaign, like the two below. */
  private readonly confirmed = new LRUCache<string, Confirmed>({ max: CAMPAIGNS_REMEMBERED });
  private readonly underWay = new Map<string, Check>();
  private readonly stuck = new LRUCache<string, Stuck>({ max: CAMPAIGNS_REMEMBERED });

  constructor(
    private readonly claims: ClaimStore,
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
    private readonly environment: Environment,
  ) {}

  /** Whether an earlier check has confirmed this. */
  isConfirmed(full: FullGate): boolean {
    return this.upTo(full) >= full.lastArrivalNo;
  }

  /**
   * Waits for a while until the places ahead are durable: usually they are being written at this moment.
   * @returns false when the epoch has moved on, so that the answer of the gate counts no more
   * @throws Problem 503 when a place ahead is still not durable after a while
   */
  async confirm(full: FullGate): Promise<boolean> {
    for (;;) {
      if (this.isConfirmed(full)) return true;
      const { campaignId } = full;
      const underWay = this.underWay.get(campaignId);
      if (!underWay) {
        const outcome = this.check(full).finally(() => this.underWay.delete(campaignId));
        this.underWay.set(campaignId, { full, outcome });
        return outcome;
      }
      const covers = underWay.full.gate === full.gate && underWay.full.lastArrivalNo >= full.lastArrivalNo;
      if (covers) return underWay.outcome;
      await underWay.outcome.catch(() => undefined); // it does not cover this one
    }
  }

  /** The last arrival of this gate for which it is known that no place ahead is missing. */
  private upTo({ campaignId, gate, rebuiltUpTo }: FullGate): number {
    const known = this.confirmed.get(campaignId);
    return known?.gate === gate ? Math.max(known.upTo, rebuiltUpTo) : rebuiltUpTo;
  }

  private async check(full: FullGate): Promise<boolean> {
    const { campaignId, epoch, gate, lastArrivalNo } = full;
    const giveUpAt = performance.now() + this.environment.REQUEST_DEADLINE_MS;
    let pause = FIRST_PAUSE_MS;
    let most = MOST_COUNTED;
    for (let upTo = this.upTo(full); upTo < lastArrivalNo;) {
      if (performance.now() > giveUpAt) {
        await this.noteStuck(full, upTo);
        throw unavailable('Places ahead of yours are still being recorded.');
      }
      const next = Math.min(upTo + most, lastArrivalNo);
      const places = await this.claims.durablePlaces(campaignId, epoch, upTo, next);
      if (places === null) return false;
      if (places === next - upTo) {
        upTo = next;
        this.confirmed.set(campaignId, { gate, upTo });
      } else if (next - upTo > FEW) {
        most = Math.ceil((next - upTo) / 10); // closer to the arrival that is missing
      } else {
        await sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
    this.stuck.delete(campaignId);
    return true;
  }

  /**
   * Records where a check got stuck, and condemns the gate when the same place was missing for LOST_AFTER_LEASES: no
   * request waits that long, and otherwise "sold out" could never be answered again.
   */
  private async noteStuck({ campaignId, gate, epoch, lastArrivalNo }: FullGate, upTo: number): Promise<void> {
    const known = this.stuck.get(campaignId);
    const isSame = known?.gate === gate && known.upTo === upTo;
    const isOverdue =
      isSame && performance.now() - known.since > LOST_AFTER_LEASES * this.environment.SLOT_LEASE_MS;
    // While no reaper runs, abandoned decisions are not rolled forward: they are late, not lost.
    if (isOverdue && (await this.slots.hasRunOutLeases(campaignId))) return;
    // After the leases: a reaper records a place before it takes the lease away.
    const next = Math.min(upTo + FEW, lastArrivalNo);
    const places = await this.claims.durablePlaces(campaignId, epoch, upTo, next);
    if (places === null) return;
    if (!isSame || known.places !== places) {
      this.stuck.set(campaignId, { gate, upTo, places, since: performance.now() });
    } else if (isOverdue) {
      this.stuck.delete(campaignId);
      this.keeper.requireRebuild(campaignId, epoch);
    }
  }
}
