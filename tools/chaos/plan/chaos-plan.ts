import { createHash } from 'node:crypto';
import { SeededRandom } from '../../rush/seeded-random.js';
import {
  catalogueOf,
  type BankFault,
  type FaultKind,
  type Provider,
  type ServerFault,
} from './fault-kinds.js';

/** A fault that is to happen. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** One of a kind's processes (`api1`, `worker2`, `redis`, …), or for a link whose it is; `all`: everybody's. */
  readonly target: string;
  /** From the start of the run. */
  readonly atMs: number;
  /** At least: it lasts until it has had an effect. */
  readonly durationMs: number;
}

/** What a seed means: what is given, to how many, and what goes wrong when. */
export interface ChaosPlan {
  readonly seed: number;
  readonly seconds: number;
  readonly provider: Provider;
  readonly users: number;
  readonly capacity: number;
  readonly waitingCapacity: number;
  readonly reversalPolicy: 'keep' | 'regrant';
  /** When an operator closes the campaign; null: when everything is at rest, or never (`closesAtRest`). */
  readonly closesAtMs: number | null;
  readonly closesAtRest: boolean;
  readonly faults: readonly PlannedFault[];
}

/** In how many runs with consecutive seeds every kind of fault is met for certain. */
export const seedsForEveryKind = 3;

const usersPerSecond = 20;
/** Faults a second, at least. */
const serverFaultRate = 0.4;
const linkFaultRate = 0.5;
/** The part of the run in which faults begin; of those that need payouts the earlier half, before there is nothing to pay. */
const [earliest, latest, latestPayout] = [0.04, 0.8, 0.5];

export function randomOf(seed: number, purpose: string): SeededRandom {
  return new SeededRandom(createHash('sha256').update(`${purpose} ${seed}`).digest().readInt32LE());
}

/** Draws what a seed means. The same arguments give the same plan. */
export function planChaos(seed: number, seconds: number, provider: Provider): ChaosPlan {
  const random = randomOf(seed, 'campaign');
  const users = Math.round(usersPerSecond * seconds * between(random, 0.8, 1.2));
  const capacity = Math.round(users * between(random, 0.55, 0.85));
  const closesEarly = random.fraction() < 0.5;
  return {
    seed,
    seconds,
    provider,
    users,
    capacity,
    waitingCapacity: random.fraction() < 0.15 ? 0 : Math.round(capacity * between(random, 0.05, 0.2)),
    reversalPolicy: random.fraction() < 0.6 ? 'regrant' : 'keep',
    closesAtMs: closesEarly ? Math.round(seconds * 1_000 * between(random, 0.7, 0.95)) : null,
    closesAtRest: random.fraction() < 0.5,
    faults: planFaults(seed, seconds, provider),
  };
}

export function hashOf(plan: ChaosPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);
}

function planFaults(seed: number, seconds: number, provider: Provider): PlannedFault[] {
  const random = randomOf(seed, 'faults');
  const { servers, links, bank } = catalogueOf(provider);
  const spanMs = seconds * 1_000;
  const faults = [
    ...spread(random, drawKinds(random, seed, servers, seconds * serverFaultRate), spanMs).map(
      ({ kind, atMs }) => ({
        kind,
        target: serverOf(random, kind),
        atMs,
        durationMs: serverFaultMs(random, kind),
      }),
    ),
    ...spread(random, drawKinds(random, seed, links, seconds * linkFaultRate), spanMs).map(
      ({ kind, atMs }) => ({
        kind,
        target: random.pick(1, 3)[0] === 0 ? 'all' : ownerOf(random, kind),
        atMs,
        durationMs: whole(random, 500, 3_500),
      }),
    ),
    // Manners hurt nobody by themselves: they last, so that they meet enough transfers to have an effect.
    ...drawKinds<BankFault>(random, seed, bank, 0).map((kind) => ({
      kind,
      target: 'bank',
      atMs: Math.round(spanMs * between(random, 0, 0.3)),
      durationMs: Math.round(spanMs * between(random, 0.3, 0.5)),
    })),
  ];
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** This seed's share of the kinds, a third of them, and others up to `wanted`; in random order. */
function drawKinds<Kind>(random: SeededRandom, seed: number, kinds: readonly Kind[], wanted: number): Kind[] {
  const isDue = (index: number): boolean => (index + seed) % seedsForEveryKind === 0;
  const drawn = kinds.filter((_, index) => isDue(index));
  let others: Kind[] = [];
  while (drawn.length < wanted) {
    if (others.length === 0) others = shuffled(random, kinds);
    drawn.push(...others.splice(0, 1));
  }
  return shuffled(random, drawn);
}

function spread<Kind extends FaultKind>(
  random: SeededRandom,
  kinds: readonly Kind[],
  spanMs: number,
): { kind: Kind; atMs: number }[] {
  return kinds.map((kind, index) => {
    const part = (index + random.fraction()) / kinds.length;
    const last = kind.startsWith('link-bank-') ? latestPayout : latest;
    return { kind, atMs: Math.round(spanMs * (earliest + (last - earliest) * part)) };
  });
}

function serverOf(random: SeededRandom, kind: ServerFault): string {
  for (const role of ['api', 'worker']) {
    if (kind.endsWith(`-${role}`)) return `${role}${1 + random.below(2)}`;
  }
  return ['redis', 'postgres', 'bank'].find((server) => kind.split('-').includes(server)) ?? 'redis';
}

/** Whose connection a link fault spoils, if only one. */
function ownerOf(random: SeededRandom, kind: string): string {
  const number = 1 + random.below(2);
  if (kind.startsWith('link-api-')) return `api${number}`;
  if (kind.startsWith('link-bank-')) return `worker${number}`;
  return `${random.below(2) === 0 ? 'api' : 'worker'}${number}`;
}

/** How long a process is away, frozen (longer than a lease), or how long something lasts. */
function serverFaultMs(random: SeededRandom, kind: ServerFault): number {
  if (kind.startsWith('freeze-')) return whole(random, 1_500, 3_500);
  if (kind === 'redis-older') return whole(random, 1_500, 4_000);
  if (kind === 'redis-full' || kind === 'redis-pause') return whole(random, 600, 2_500);
  return whole(random, 50, 1_500);
}

function between(random: SeededRandom, least: number, most: number): number {
  return least + (most - least) * random.fraction();
}

function whole(random: SeededRandom, least: number, most: number): number {
  return Math.round(between(random, least, most));
}

function shuffled<Item>(random: SeededRandom, items: readonly Item[]): Item[] {
  return random.pick(items.length, items.length).flatMap((index) => items.slice(index, index + 1));
}
