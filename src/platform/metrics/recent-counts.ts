import { LRUCache } from 'lru-cache';
import { bucketOf, LATENCY_BUCKETS } from './latency-buckets.js';

/**
 * What is counted of each campaign:
 * - accepted: claims that got a slot; waitlisted: claims that got a place in the line; each user once
 * - soldOut; refused: not open, paused or closed
 * - unavailable: claims that were answered 503
 * - paid: payouts that were made
 */
export const COUNTED = ['accepted', 'waitlisted', 'soldOut', 'refused', 'unavailable', 'paid'] as const;

export type Counted = (typeof COUNTED)[number];

/** One number for each of COUNTED, then how many claims took how long, by LATENCY_BUCKETS. */
export type Counts = number[];

const INDEX = Object.fromEntries(COUNTED.map((kind, i) => [kind, i])) as Readonly<Record<Counted, number>>;

const LENGTH = COUNTED.length + LATENCY_BUCKETS;

/** Campaigns whose failures are counted: an id in a path that failed may be anything. */
const CAMPAIGNS_KNOWN = 1_000;

/**
 * Counts what happened in this process since the counts were taken last. Costs a claim some array accesses and no I/O;
 * whoever takes the counts, once a second, adds them to those of the other instances.
 */
export class RecentCounts {
  private counts = new Map<string, Counts>();
  private readonly known = new LRUCache<string, true>({ max: CAMPAIGNS_KNOWN });

  /**
   * Counts a claim that was decided.
   * @param campaignId of a campaign that exists
   * @param kind null for a user who had claimed before
   * @param tookMs from the request's admission to its outcome
   */
  claim(campaignId: string, kind: Exclude<Counted, 'paid' | 'unavailable'> | null, tookMs: number): void {
    const counts = this.of(campaignId);
    if (kind !== null) add(counts, INDEX[kind], 1);
    add(counts, COUNTED.length + bucketOf(tookMs), 1);
  }

  /** Counts a claim that was answered 503, if this process has decided a claim of that campaign before. */
  unavailable(campaignId: string): void {
    if (this.known.has(campaignId)) add(this.of(campaignId), INDEX.unavailable, 1);
  }

  /** @param count of payouts that were made */
  paid(campaignId: string, count: number): void {
    add(this.of(campaignId), INDEX.paid, count);
  }

  /** What was counted since the last call, by campaign. */
  take(): ReadonlyMap<string, Counts> {
    const taken = this.counts;
    this.counts = new Map();
    return taken;
  }

  private of(campaignId: string): Counts {
    let counts = this.counts.get(campaignId);
    if (!counts) {
      this.counts.set(campaignId, (counts = new Array<number>(LENGTH).fill(0)));
      this.known.set(campaignId, true);
    }
    return counts;
  }
}

function add(counts: Counts, index: number, count: number): void {
  counts[index] = (counts[index] ?? 0) + count;
}

/** The sum of counts, number by number. */
export function sumOf(all: Iterable<readonly number[]>): Counts {
  const sum = new Array<number>(LENGTH).fill(0);
  for (const counts of all) for (let i = 0; i < LENGTH; i++) add(sum, i, counts[i] ?? 0);
  return sum;
}

/** The part of the counts that COUNTED names. */
export function countsByKind(counts: readonly number[]): Record<Counted, number> {
  return Object.fromEntries(COUNTED.map((kind, i) => [kind, counts[i] ?? 0])) as Record<Counted, number>;
}

/** The part of the counts that says how many claims took how long. */
export function latenciesOf(counts: readonly number[]): number[] {
  return counts.slice(COUNTED.length);
}
