import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import type { GateArrivals } from '../grants/slots/gate-answers.js';
import { GateKeeper } from '../grants/slots/gate-keeper.js';
import { SlotService } from '../grants/slots/slot.service.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found, Look, ReaperTask } from './look.js';
import { LostRows } from './lost-rows.js';

/**
 * After this many leases a place must be durable. The reaper rolls it forward when its lease has expired; a place that
 * is missing then, and again in the next round, is found within two leases.
 */
const PATIENCE_LEASES = 1.5;

/** Arrivals counted by one statement, and statements per round and campaign. */
const PAGE = 100_000;
const PAGES_A_ROUND = 10;

/** After this time without a look, what is known of a campaign is forgotten. */
const MEMORY_MS = 3_600_000;
const MOST_CAMPAIGNS = 100_000;

/** What is known of a gate's arrivals. */
interface Watched {
  /** The gate that this is about. */
  readonly nonce: string;
  /** What `LostRows` said when this count began. */
  readonly losses: number;
  /** All arrivals up to this number were found. */
  foundUpTo: number;
  /** How many of the people that the rebuild knew were found. */
  known: number;
  /** The last arrival number that had been given out, and when, by `performance.now()`; oldest first. */
  given: { readonly lastArrivalNo: number; readonly at: number }[];
  isSuspect: boolean;
}

/**
 * R18: looks for what the gate holds and Postgres lacks. Everybody with a place has a row, whatever became of them, so
 * rows are counted by arrival number: each once, some time after it was given out, and all of them again only after
 * Postgres may have lost any.
 */
@Injectable()
export class DurablePlaces implements ReaperTask {
  readonly name = 'durable places';
  private readonly watched = new LRUCache<string, Watched>({
    max: MOST_CAMPAIGNS,
    ttl: MEMORY_MS,
    updateAgeOnGet: true,
  });
  private readonly lost: LostRows;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
    private readonly environment: Environment,
  ) {
    this.lost = new LostRows(source);
  }

  /** @returns `something` while there are arrivals that were not found yet */
  async perform({ campaign: { id: campaignId } }: Look): Promise<Found> {
    const arrivals = await this.slots.arrivals(campaignId);
    if (!arrivals) return 'something'; // it is rebuilt before anybody is answered from it
    const watched = await this.watch(campaignId, arrivals);
    const isComplete = await this.count(campaignId, arrivals, watched);
    // What `LeaseScan` could not roll forward just now is late, not lost.
    if (!isComplete && (await this.slots.hasRunOutLeases(campaignId))) return 'something';
    if (!isComplete && watched.isSuspect) {
      this.watched.delete(campaignId);
      this.keeper.requireRebuild(campaignId, arrivals.epoch);
    }
    watched.isSuspect = !isComplete;
    return watched.foundUpTo < arrivals.lastArrivalNo ? 'something' : 'nothing';
  }

  private async watch(
    campaignId: string,
    { nonce, rebuiltUpTo, lastArrivalNo }: GateArrivals,
  ): Promise<Watched> {
    const losses = await this.lost.seen();
    let watched = this.watched.get(campaignId);
    if (watched?.nonce !== nonce || watched.losses !== losses) {
      const wasFound = watched?.nonce === nonce ? watched.foundUpTo : 0;
      const given = [{ lastArrivalNo: Math.max(rebuiltUpTo, wasFound), at: -Infinity }];
      watched = { nonce, losses, foundUpTo: 0, known: 0, given, isSuspect: false };
      this.watched.set(campaignId, watched);
    }
    if (watched.given.at(-1)?.lastArrivalNo !== lastArrivalNo)
      watched.given.push({ lastArrivalNo, at: performance.now() });
    return watched;
  }

  /** @returns whether nobody is missing among those counted */
  private async count(
    campaignId: string,
    { rebuiltUpTo, known }: GateArrivals,
    watched: Watched,
  ): Promise<boolean> {
    const old = performance.now() - PATIENCE_LEASES * this.environment.SLOT_LEASE_MS;
    const target = watched.given.findLast(({ at }) => at <= old)?.lastArrivalNo ?? 0;
    for (let page = 0; page < PAGES_A_ROUND && watched.foundUpTo < target; page++) {
      const from = watched.foundUpTo;
      const isRebuilt = from < rebuiltUpTo; // numbers up to there may be missing: they were lost with an earlier gate
      const upTo = Math.min(from + PAGE, isRebuilt ? rebuiltUpTo : target);
      const found = await this.rowsOf(campaignId, from, upTo);
      if (isRebuilt && upTo === rebuiltUpTo && watched.known + found !== known) return false;
      if (!isRebuilt && found !== upTo - from) return false;
      watched.known += isRebuilt ? found : 0;
      watched.foundUpTo = upTo;
    }
    watched.given = watched.given.filter(({ lastArrivalNo }) => lastArrivalNo >= watched.foundUpTo);
    return true;
  }

  /** How many of the arrivals above `from`, up to `upTo`, have a row. */
  private async rowsOf(campaignId: string, from: number, upTo: number): Promise<number> {
    const [found] = await rows<{ count: number }>(
      this.source,
      `SELECT (SELECT count(*) FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3)::int
            + (SELECT count(*) FROM waiting_line WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3)::int AS count`,
      [campaignId, from, upTo],
    );
    return found?.count ?? 0;
  }
}
