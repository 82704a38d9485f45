import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { LRUCache } from 'lru-cache';

/** A look-up that takes longer, in ms, is slow. */
const SLOW_MS = 1_000;
const NAMES_KNOWN = 1_000;

/** How long the last look-up of a name took. */
type Pace = 'unknown' | 'quick' | 'slow';

/**
 * Looks up the names of servers that others run, as the system does, so that /etc/hosts and the names of a cluster
 * count, by three threads at most: a look-up that no server answers keeps one for half a minute, the process has four,
 * and Postgres, Redis and files need them, too. A resolver that takes no thread (c-ares) knows neither hosts nor search
 * domains. Names wait for others of their pace only: a name that is known to be dead holds up no other, and a new one
 * that turns out to be dead holds up new ones once.
 */
class NameLookups {
  private readonly underWay = new Map<string, Promise<LookupAddress[]>>();
  private readonly paces = new LRUCache<string, Pace>({ max: NAMES_KNOWN });
  /** By pace: settles when all look-ups so far are over. */
  private readonly turns = new Map<Pace, Promise<unknown>>();

  /** All addresses. Whoever asks for a name that is being looked up gets that answer. @throws as `dns.lookup` does */
  addressesOf(name: string): Promise<LookupAddress[]> {
    let found = this.underWay.get(name);
    if (!found) {
      const pace = this.paces.get(name) ?? 'unknown';
      found = (this.turns.get(pace) ?? Promise.resolve()).then(() => this.lookUp(name));
      this.turns.set(
        pace,
        found.catch(() => undefined),
      );
      this.underWay.set(name, found);
    }
    return found;
  }

  private async lookUp(name: string): Promise<LookupAddress[]> {
    const startedAt = performance.now();
    try {
      return await lookup(name, { all: true });
    } finally {
      this.paces.set(name, performance.now() - startedAt < SLOW_MS ? 'quick' : 'slow');
      this.underWay.delete(name);
    }
  }
}

/** Of the whole process, as its threads are. */
const NAMES = new NameLookups();

/**
 * What `net.connect` takes as `lookup`, within those threads.
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
