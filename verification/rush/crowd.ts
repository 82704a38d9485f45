import type { RushOptions } from './rush-options.js';
import { SeededRandom } from './seeded-random.js';

/** The users, the closed wallets, and the order of asking. */
export interface Crowd {
  /** Distinct, decimal, up to 2^63-1. Elsewhere a user is an index into this list. */
  readonly userIds: readonly string[];
  /** User ids. */
  readonly closedWallets: readonly string[];
  /** Users in order of asking; some appear 2 to 4 times. */
  readonly asks: readonly number[];
}

const mostRepeats = 3;
/** The share of repeated asks that come at the same moment: an impatient second tap. */
const simultaneousShare = 0.5;
/** The share of ids that fit a JavaScript number. Larger ids are corrupted if code treats them as numbers. */
const smallIdShare = 0.25;

function userId(random: SeededRandom): bigint {
  const bits = (BigInt(random.bits32()) << 32n) | BigInt(random.bits32());
  return bits >> (random.fraction() < smallIdShare ? 12n : 1n);
}

function distinctUserIds(random: SeededRandom, count: number): string[] {
  const ids = new Set<bigint>();
  while (ids.size < count) {
    const id = userId(random);
    if (id > 0n) ids.add(id);
  }
  return [...ids].map(String);
}

function orderOfAsking(random: SeededRandom, users: number, duplicates: number): number[] {
  const asks = Array.from({ length: users }, (_, user) => ({ user, moment: random.fraction() }));
  for (const user of random.pick(duplicates, users)) {
    const first = asks[user]?.moment ?? 0;
    for (let repeats = 1 + random.below(mostRepeats); repeats > 0; repeats--) {
      asks.push({ user, moment: random.fraction() < simultaneousShare ? first : random.fraction() });
    }
  }
  return asks.sort((a, b) => a.moment - b.moment).map(({ user }) => user);
}

/** The crowd of a rush, determined by the seed. Closed wallets are spread over all users. */
export function gatherCrowd({
  users,
  closedWallets,
  duplicates,
  seed,
}: Pick<RushOptions, 'users' | 'closedWallets' | 'duplicates' | 'seed'>): Crowd {
  const random = new SeededRandom(seed);
  const userIds = distinctUserIds(random, users);
  return {
    userIds,
    closedWallets: random.pick(closedWallets, users).map((user) => userIds[user] ?? ''),
    asks: orderOfAsking(random, users, duplicates),
  };
}
