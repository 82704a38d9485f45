import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { LRUCache } from 'lru-cache';

/** A look-up that takes longer, in ms, is slow. */
const SLOW_MS = 1_000;
const NAMES_KNOWN = 1_000;

/**
 * Looks up names that are called often, or by many at once, as the system does, so that /etc/hosts and the names of a
 * cluster count, by two threads at most: a look-up that no server answers keeps one for half a minute, the process has
 * four, and Postgres, Redis and files need them, too. A resolver that takes no thread (c-ares) knows neither hosts nor
 * search domains. Names that were answered quickly wait for each other only, so a dead name does not hold them up.
 */
class NameLookups {
  private readonly underWay = new Map<string, Promise<LookupAddress[]>>();
  private readonly quick = new LRUCache<string, true>({ max: NAMES_KNOWN });
  private lastQuick: Promise<unknown> = Promise.resolve();
  private lastOther: Promise<unknown> = Promise.resolve();

  /** All addresses. Whoever asks for a name that is being looked up gets that answer. @throws as `dns.lookup` does */
  addressesOf(name: string): Promise<LookupAddress[]> {
    let found = this.underWay.get(name);
    if (!found) {
      const isQuick = this.quick.has(name);
      found = (isQuick ? this.lastQuick : this.lastOther).then(() => this.lookUp(name));
      const ended = found.catch(() => undefined);
      if (isQuick) this.lastQuick = ended;
      else this.lastOther = ended;
      this.underWay.set(name, found);
    }
    return found;
  }

  private async lookUp(name: string): Promise<LookupAddress[]> {
    const startedAt = performance.now();
    try {
      return await lookup(name, { all: true });
    } finally {
      if (performance.now() - startedAt < SLOW_MS) this.quick.set(name, true);
      else this.quick.delete(name);
      this.underWay.delete(name);
    }
  }
}

/** Of the whole process, as its threads are. */
const NAMES = new NameLookups();

/**
 * What `net.connect` takes as `lookup`, within those two threads.
 * @param choose what of the addresses is connected to, at least one; throws when it is none
 */
export function boundedLookup(choose: (found: LookupAddress[]) => LookupAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    NAMES.addressesOf(hostname)
      .then(choose)
      .then(
        (found) => {
          if (options.all) callback(null, found);
          else callback(null, found[0]?.address ?? '', found[0]?.family);
        },
        (error: unknown) => {
          callback(error as NodeJS.ErrnoException, '', 0);
        },
      );
  };
}
