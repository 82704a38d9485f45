import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import { GateKeeper } from '../slots/gate-keeper.js';
import { SlotService } from '../slots/slot.service.js';
import { unavailable } from '../../platform/problems/problem.js';
import { Environment } from '../../platform/config/environment.js';
import { ClaimStore } from './claim.store.js';

/** What the gate said it was full as of. */
export interface FullGate {
  readonly campaignId: string;
  /** See `gateIdentity`. */
  readonly gate: string;
  readonly epoch: string;
  readonly lastArrivalNo: number;
  /** See `ClaimDecisions`. Whatever of these is durable, a rebuild has found; the others were lost, and told nothing. */
  readonly rebuiltUpTo: number;
}

/** Every arrival at this gate up to this one is durable, and stays so. */
interface Confirmed {
  readonly gate: string;
  readonly upTo: number;
}

interface Check {
  readonly full: FullGate;
  readonly outcome: Promise<boolean>;
}

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** Arrivals that are counted by one statement at most, so that it takes some ms whatever a campaign holds. */
const MOST_COUNTED = 50_000;
/** While somebody among so few is missing, the rest need not be looked at. */
const FEW = 100;

/** What is forgotten is counted again. */
const CAMPAIGNS_REMEMBERED = 10_000;

/** R18: a place that is not durable after so many leases was lost, unless it has a lease that no reaper has looked at yet. */
const LOST_AFTER_LEASES = 2;

/**
 * P5, R12: "sold out" may be said only once every place ahead is in Postgres. What is durable at a gate stays so, so only arrivals
 * that nobody has counted yet are counted: those of a freed place, not of a campaign. A campaign has one check at a time, and
 * that one statement at a time: however many wait for it, claims have the other connections.
 */
@Injectable()
export class SoldOutCheck {
  /** By campaign, like all of these. */
  private readonly confirmed = new LRUCache<string, Confirmed>({ max: CAMPAIGNS_REMEMBERED });
  private readonly underWay = new Map<string, Check>();
  /** Where a check has got stuck, and since when. */
  private readonly stuck = new LRUCache<string, Confirmed & { readonly since: number }>({
    max: CAMPAIGNS_REMEMBERED,
  });

  constructor(
    private readonly claims: ClaimStore,
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
    private readonly environment: Environment,
  ) {}

  /** Whether this was found before. */
  isConfirmed(full: FullGate): boolean {
    return this.upTo(full) >= full.lastArrivalNo;
  }

  /**
   * Waits, for a while, until the places ahead are durable: mostly they are being written at this moment.
   * @returns false when the epoch has moved on, so that what the gate said counts no more
   * @throws Problem 503 when some place ahead is still not durable after a while
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
      await underWay.outcome.catch(() => undefined); // which was about less than this
    }
  }

  /** The last arrival of this gate of which it is known that no place ahead is missing. */
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
        throw unavailable('Places ahead of yours are still being written down.');
      }
      const next = Math.min(upTo + most, lastArrivalNo);
      const places = await this.claims.durablePlaces(campaignId, epoch, upTo, next);
      if (places === null) return false;
      if (places === next - upTo) {
        upTo = next;
        this.confirmed.set(campaignId, { gate, upTo });
      } else if (next - upTo > FEW) {
        most = Math.ceil((next - upTo) / 10); // nearer to who is missing
      } else {
        await sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
    this.stuck.delete(campaignId);
    return true;
  }

  /** Nobody has to ask for long: were nothing done about it, "sold out" could never be said again. */
  private async noteStuck({ campaignId, gate, epoch }: FullGate, upTo: number): Promise<void> {
    const known = this.stuck.get(campaignId);
    if (known?.gate !== gate || known.upTo !== upTo) {
      this.stuck.set(campaignId, { gate, upTo, since: performance.now() });
      return;
    }
    if (performance.now() - known.since <= LOST_AFTER_LEASES * this.environment.SLOT_LEASE_MS) return;
    // While no reaper runs, nobody rolls forward who was decided on and abandoned: that is late, and not lost.
    if (await this.slots.hasRunOutLeases(campaignId)) return;
    this.stuck.delete(campaignId);
    this.keeper.requireRebuild(campaignId, epoch);
  }
}
