import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';
import { GateRates } from '../../grants/slots/gate-rates.js';
import { SlotService } from '../../grants/slots/slot.service.js';
import { Environment } from '../../platform/config/environment.js';
import { MicroCache } from '../../platform/http/micro-cache.js';
import { Problem } from '../../platform/problems/problem.js';
import { ServiceClock } from '../../grants/clock/service-clock.js';
import { DifferenceWatch } from './difference-watch.js';
import type { LiveFiguresView } from './figures.dto.js';
import { LostSeconds } from './lost-seconds.js';
import { type PostgresFigures, PostgresReading } from './postgres-reading.js';
import { type RecentRates, recentRates } from './recent-rates.js';
import type { SlotCounts } from './slot-counts.js';

/** A little less than a second: whoever asks once a second gets new figures each time. */
const KEPT_MS = 900;

const CAMPAIGNS_REMEMBERED = 200;

/** Campaigns read at once. */
const MOST_READS = 20;

/** How long figures wait for a server: one that is frozen must not hold up what the other one says each second. */
const PATIENCE_MS = 800;

/**
 * The figures of campaigns at this moment, read once a second and campaign at most, however many ask. What a server
 * can't be asked for is old, and says so, or null: the rest is shown all the same.
 */
@Injectable()
export class LiveFigures {
  private readonly cache = new MicroCache<LiveFiguresView>({
    ttlMs: KEPT_MS,
    most: CAMPAIGNS_REMEMBERED,
    mostLoads: MOST_READS,
    load: (campaignId) => this.read(campaignId),
  });
  /** A server that does not answer is asked once, and not again each second. */
  private readonly inPostgres = new MicroCache<PostgresFigures>({
    ttlMs: KEPT_MS,
    most: CAMPAIGNS_REMEMBERED,
    mostLoads: MOST_READS,
    load: (campaignId) => this.postgres.read(campaignId),
  });
  /** What Postgres said last. */
  private readonly last = new LRUCache<string, PostgresFigures>({ max: CAMPAIGNS_REMEMBERED });
  private readonly watches = new LRUCache<string, DifferenceWatch>({ max: CAMPAIGNS_REMEMBERED });
  private readonly lost = new LRUCache<string, LostSeconds>({ max: CAMPAIGNS_REMEMBERED });

  constructor(
    private readonly postgres: PostgresReading,
    private readonly slots: SlotService,
    private readonly rates: GateRates,
    private readonly clock: ServiceClock,
    private readonly environment: Environment,
  ) {}

  /** @throws Problem 404 when there is no such campaign; 503, or a driver's error, when nothing is known of it */
  of(campaignId: string): Promise<LiveFiguresView> {
    return this.cache.get(campaignId);
  }

  /** As `of`, but read now: for whoever asks once a second. What was read slowly would be told twice. */
  now(campaignId: string): Promise<LiveFiguresView> {
    this.cache.forget(campaignId);
    return this.cache.get(campaignId);
  }

  /** The campaigns of which this process has found that gate and Postgres differ; and since when, in ms since 1970. */
  differing(): { readonly campaignId: string; readonly since: number }[] {
    const [now, elapsed] = [this.clock.now(), performance.now()];
    return [...this.watches].flatMap(([campaignId, watch]) => {
      const since = watch.differsSince(elapsed);
      return since === null ? [] : [{ campaignId, since: now - (elapsed - since) }];
    });
  }

  private async read(campaignId: string): Promise<LiveFiguresView> {
    const [stored, counts, recent] = await Promise.all([
      this.stored(campaignId),
      patiently(this.slots.counts(campaignId)).catch(() => null),
      patiently(this.recent(campaignId)).catch(() => null),
    ]);
    const at = this.clock.now();
    const { state, capacity, isFinished, isOld, oldestUnpaidMs, inDoubt, held, payoutsStopped } = stored;
    const { asOf, ...postgres } = stored.counts;
    const gate = isFinished ? null : counts; // R29
    return {
      ...{ at: new Date(at), campaignId, state, finished: isFinished, capacity },
      postgres: { readAt: new Date(stored.readAt), asOf: new Date(asOf), ...postgres },
      gate: gate && { asOf: new Date(at), ...gate },
      // What Postgres said a while ago must differ from what the gate says now.
      differs: gate !== null && !isOld && this.differs(campaignId, postgres, gate),
      ...{ rates: recent?.rates ?? null, latencyMs: recent?.latencyMs ?? null },
      ...{ oldestUnpaidMs, inDoubt, held, payoutsStopped },
    };
  }

  /** While Postgres can't be asked: what it said last. */
  private async stored(campaignId: string): Promise<PostgresFigures & { readonly isOld: boolean }> {
    const last = this.last.get(campaignId);
    try {
      const reading = this.inPostgres.get(campaignId);
      const figures = await (last ? patiently(reading) : reading);
      this.last.set(campaignId, figures);
      return { ...figures, isOld: false };
    } catch (error) {
      if (!last || (error instanceof Problem && error.status === 404)) throw error;
      return { ...last, isOld: true };
    }
  }

  /** Null while some of the seconds are lost. */
  private async recent(campaignId: string): Promise<RecentRates | null> {
    const seconds = await this.rates.read(campaignId);
    const lost = this.lost.get(campaignId) ?? new LostSeconds();
    this.lost.set(campaignId, lost);
    return lost.look(seconds) ? null : recentRates(seconds);
  }

  private differs(campaignId: string, postgres: SlotCounts, gate: SlotCounts): boolean {
    let watch = this.watches.get(campaignId);
    if (!watch) {
      watch = new DifferenceWatch(2 * this.environment.SLOT_LEASE_MS);
      this.watches.set(campaignId, watch);
    }
    return watch.look(performance.now(), postgres, gate);
  }
}

/** Fails when the answer takes longer than PATIENCE_MS. */
function patiently<T>(answer: Promise<T>): Promise<T> {
  const late = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error('no answer in time');
  });
  return Promise.race([answer, late]);
}
