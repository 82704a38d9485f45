import { longestStatementMs } from '../arena/service-settings.js';
import type { SeededRandom } from '../../rush/seeded-random.js';
import {
  type BankFault,
  catalogueOf,
  type FaultKind,
  gateParts,
  type LinkFault,
  type Provider,
  type ServerFault,
} from './fault-kinds.js';
import { footprintOf, linkOf } from './footprint.js';
import type { PlannedFault } from './planned-fault.js';
import { between, randomOf, shuffled, whole } from './random.js';
import { type Draft, Timetable } from './timetable.js';

/** This many runs with consecutive seeds are certain to contain every kind of fault. */
export const seedsForEveryKind = 3;

/** Faults per second, at least. */
const serverFaultRate = 0.4;
const linkFaultRate = 0.5;
/**
 * The part of the run in which faults begin. Faults that need payouts begin in its earlier half, while there are
 * payouts.
 */
const [earliest, latest, latestPayout] = [0.04, 0.8, 0.5];
/** If a due fault does not fit, the run is lengthened by this factor and planned anew. */
const stretch = 1.05;

/** The faults, and a run long enough for them. */
export interface FaultPlan {
  /** From the start until the last arrivals; at least the requested time. */
  readonly spanMs: number;
  /** In chronological order. */
  readonly faults: readonly PlannedFault[];
}

interface DrawnDraft extends Draft {
  /** Whether this seed must contain it. */
  readonly isDue: boolean;
  /** The preferred begin, as a fraction of the time in which it may begin. */
  readonly at: number;
}

/** Draws the faults and schedules each at a time at which it can have an effect. */
export function planFaults(seed: number, seconds: number, provider: Provider): FaultPlan {
  const random = randomOf(seed, 'faults');
  const drafts = drawDrafts(random, seed, seconds, provider);
  const lastingFaults = drawLastingFaults(random, seed, provider);
  for (let spanMs = seconds * 1_000; ; spanMs = Math.round(spanMs * stretch)) {
    const faults = fitIn(drafts, spanMs);
    if (faults === null) continue;
    const lasting = lastingFaults.map(({ kind, at, lasts }) => {
      return { kind, target: 'bank', atMs: Math.round(spanMs * at), durationMs: Math.round(spanMs * lasts) };
    });
    return { spanMs, faults: [...faults, ...lasting].sort((a, b) => a.atMs - b.atMs) };
  }
}

/** Null if a due fault does not fit. Other faults that do not fit are left out. */
function fitIn(drafts: readonly DrawnDraft[], spanMs: number): PlannedFault[] | null {
  const timetable = new Timetable();
  for (const { isDue, at, ...draft } of drafts) {
    const earliestMs = Math.round(spanMs * earliest);
    const latestMs = Math.round(spanMs * (needsPayouts(draft.kind) ? latestPayout : latest));
    const wishedMs = Math.round(earliestMs + (latestMs - earliestMs) * at);
    if (!timetable.place(draft, { earliestMs, latestMs, wishedMs }) && isDue) return null;
  }
  return timetable.faults;
}

/** Whether a fault has an effect only during payouts or while places are handed out. */
export function needsPayouts(kind: FaultKind): boolean {
  return linkOf(kind) === 'bank' || kind === 'postgres-standby' || kind === 'postgres-restore';
}

/** The most constrained first: due faults, then those that need payouts, then long ones. */
function drawDrafts(random: SeededRandom, seed: number, seconds: number, provider: Provider): DrawnDraft[] {
  const { servers, links } = catalogueOf(provider);
  const drafts = [
    ...spread(random, drawKinds(random, seed, servers, seconds * serverFaultRate)).map((drawn) => ({
      ...drawn,
      ...draftServerFault(random, drawn.kind),
    })),
    ...spread(random, drawKinds(random, seed, links, seconds * linkFaultRate)).map((drawn) => ({
      ...drawn,
      target: random.below(3) === 0 ? 'all' : ownerOf(random, drawn.kind),
      durationMs: whole(random, 500, 3_500),
    })),
  ];
  const room = (draft: DrawnDraft): number =>
    Number(draft.isDue) * 1e9 + Number(needsPayouts(draft.kind)) * 1e8 + lengthOf(draft);
  return drafts.sort((a, b) => room(b) - room(a));
}

function lengthOf(draft: Draft): number {
  const { holds } = footprintOf({ ...draft, atMs: 0 });
  return Math.max(...holds.map(({ untilMs }) => untilMs));
}

interface Drawn<Kind> {
  readonly kind: Kind;
  readonly isDue: boolean;
}

/** This seed's share of the kinds (a third), and random others up to `wanted`, in random order. */
function drawKinds<Kind>(
  random: SeededRandom,
  seed: number,
  kinds: readonly Kind[],
  wanted: number,
): Drawn<Kind>[] {
  const isDue = (index: number): boolean => (index + seed) % seedsForEveryKind === 0;
  const drawn = kinds.filter((_, index) => isDue(index)).map((kind) => ({ kind, isDue: true }));
  let others: Kind[] = [];
  while (drawn.length < wanted) {
    if (others.length === 0) others = shuffled(random, kinds);
    drawn.push(...others.splice(0, 1).map((kind) => ({ kind, isDue: false })));
  }
  return shuffled(random, drawn);
}

function spread<Kind>(random: SeededRandom, drawn: readonly Drawn<Kind>[]): (Drawn<Kind> & { at: number })[] {
  return drawn.map((each, index) => ({ ...each, at: (index + random.fraction()) / drawn.length }));
}

function draftServerFault(random: SeededRandom, kind: ServerFault): Draft {
  const draft = { kind, target: serverOf(random, kind), durationMs: serverFaultMs(random, kind) };
  if (kind === 'redis-key-lost')
    return { ...draft, part: gateParts[random.below(gateParts.length)] ?? 'facts' };
  if (kind === 'postgres-standby' || kind === 'postgres-restore') return { ...draft, declares: 'rows-lost' };
  return draft;
}

function serverOf(random: SeededRandom, kind: ServerFault): string {
  for (const role of ['api', 'worker']) {
    if (kind.endsWith(`-${role}`)) return `${role}${1 + random.below(2)}`;
  }
  return ['redis', 'postgres', 'bank'].find((server) => kind.split('-').includes(server)) ?? 'redis';
}

/**
 * The instance whose connection a link fault affects, if only one. Which worker pays is decided by the queue: one can
 * do all the work for as long as there is any.
 */
function ownerOf(random: SeededRandom, kind: LinkFault): string {
  const number = 1 + random.below(2);
  if (kind.startsWith('link-api-')) return `api${number}`;
  if (kind.startsWith('link-bank-')) return 'busiest';
  return `${random.below(2) === 0 ? 'api' : 'worker'}${number}`;
}

/** How long a process is away or frozen (longer than a lease), or how long a fault lasts. */
function serverFaultMs(random: SeededRandom, kind: ServerFault): number {
  if (kind.startsWith('freeze-')) return whole(random, 1_500, 3_500);
  switch (kind) {
    case 'postgres-stall':
      return whole(random, longestStatementMs * 2 + 500, longestStatementMs * 2 + 1_500);
    case 'redis-full-long':
      return whole(random, 5_000, 7_000);
    case 'redis-two-masters':
      return whole(random, 2_000, 4_000);
    case 'redis-older':
    case 'postgres-standby':
    case 'postgres-restore':
      return whole(random, 1_500, 4_000);
    case 'redis-full':
    case 'redis-pause':
      return whole(random, 600, 2_500);
    default:
      return whole(random, 50, 1_500);
  }
}

interface LastingFault {
  readonly kind: BankFault;
  /** Both are fractions of the run. */
  readonly at: number;
  readonly lasts: number;
}

/**
 * Odds alone have no effect, so they last long enough to meet transfers. Only payouts in doubt are looked up, so a
 * fault of look-ups is combined with one that leaves transfers in doubt.
 */
function drawLastingFaults(random: SeededRandom, seed: number, provider: Provider): LastingFault[] {
  const drawn = drawKinds(random, seed, catalogueOf(provider).bank, 0).map(({ kind }) => kind);
  const isAboutLookups = drawn.some((kind) => kind.startsWith('bank-get'));
  const kinds = isAboutLookups && !drawn.includes(doubt) ? [...drawn, doubt] : drawn;
  return kinds.map((kind) => ({
    kind,
    at: between(random, 0, kind.startsWith('bank-get') || kind === doubt ? 0.1 : 0.3),
    lasts: between(random, 0.3, 0.5),
  }));
}

const doubt: BankFault = 'bank-errorAfter';
