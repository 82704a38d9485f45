import { LRUCache } from 'lru-cache';
import { unavailable } from '../problems/problem.js';

interface MicroCacheOptions<Value> {
  /** The maximum age of an answer, in ms. */
  readonly ttlMs: number;
  /** The maximum number of answers; the least recently used is dropped first. */
  readonly most: number;
  /** The maximum number of loads in flight. */
  readonly mostLoads: number;
  readonly load: (key: string) => Promise<Value>;
}

/**
 * A cache with a short time to live, for values that many clients read; it also caches that a value does not exist. All
 * who ask for the same key share one load, and the number of loads in flight is limited however many keys are asked
 * for.
 */
export class MicroCache<Value> {
  private readonly kept: LRUCache<string, { readonly value: Value }>;
  private readonly loads = new Map<string, Promise<Value>>();

  constructor(private readonly options: MicroCacheOptions<Value>) {
    this.kept = new LRUCache({ max: options.most, ttl: options.ttlMs });
  }

  /** Fails as the load does; failures are not cached. @throws Problem 503 when too many loads are in flight already */
  get(key: string): Promise<Value> {
    const kept = this.kept.get(key);
    if (kept) return Promise.resolve(kept.value);
    const underWay = this.loads.get(key);
    if (underWay) return underWay;
    if (this.loads.size >= this.options.mostLoads)
      return Promise.reject(unavailable('Too many lookups are in progress.'));
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

  /** To be called after a change: later callers of `get` get the new value. */
  forget(key: string): void {
    this.kept.delete(key);
    this.loads.delete(key);
  }

  /** @returns whether this load is still the current one of its key */
  private end(key: string, load: Promise<Value>): boolean {
    if (this.loads.get(key) !== load) return false;
    this.loads.delete(key);
    return true;
  }
}
