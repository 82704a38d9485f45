import { LRUCache } from 'lru-cache';
import { unavailable } from '../problems/problem.js';

interface MicroCacheOptions<Value> {
  /** How old an answer may be, in ms. */
  readonly ttlMs: number;
  /** Answers kept at most; who has not been asked about for longest goes first. */
  readonly most: number;
  /** Loads under way at once, at most. */
  readonly mostLoads: number;
  readonly load: (key: string) => Promise<Value>;
}

/**
 * Answers what many ask from what was loaded a moment ago, that nothing is there included. However many ask for the same, it is
 * loaded once; however many different things are asked for, no more are loaded at once than may be.
 */
export class MicroCache<Value> {
  private readonly kept: LRUCache<string, { readonly value: Value }>;
  private readonly loads = new Map<string, Promise<Value>>();

  constructor(private readonly options: MicroCacheOptions<Value>) {
    this.kept = new LRUCache({ max: options.most, ttl: options.ttlMs });
  }

  /** Fails as the load does, which is not kept. @throws Problem 503 when too much is being loaded already */
  get(key: string): Promise<Value> {
    const kept = this.kept.get(key);
    if (kept) return Promise.resolve(kept.value);
    const underWay = this.loads.get(key);
    if (underWay) return underWay;
    if (this.loads.size >= this.options.mostLoads)
      return Promise.reject(unavailable('More is asked than can be looked up.'));
    const load = this.options.load(key).then(
      (value) => {
        if (this.end(key, load)) this.kept.set(key, { value });
        return value;
      },
      (error: unknown) => {
        this.end(key, load);
        throw error;
      },
    );
    this.loads.set(key, load);
    return load;
  }

  /** It has just changed: whoever asks from now on is told as it is now. */
  forget(key: string): void {
    this.kept.delete(key);
    this.loads.delete(key);
  }

  /** @returns whether nobody has called for another load meanwhile */
  private end(key: string, load: Promise<Value>): boolean {
    if (this.loads.get(key) !== load) return false;
    this.loads.delete(key);
    return true;
  }
}
