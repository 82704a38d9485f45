import { type FaultKind, type Link, links } from './fault-kinds.js';
import type { PlannedFault } from './planned-fault.js';

/** The instances of the service in a run. */
export const instances = ['api1', 'api2', 'worker1', 'worker2'] as const;

/**
 * What can stand or not: a process; `gate`: a gate is built and its scripts are loaded; `history`: the database is the one
 * that it was a while ago; and the way between an instance and a server, `redis api1`, while nothing else spoils it.
 */
export type Thing = string;

/** A thing for a while, in ms from the start of the run. */
export interface Span {
  readonly thing: Thing;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Footprint {
  /** What must stand for the fault to have an effect. */
  readonly needs: readonly Span[];
  /** What it has to itself, until that stands again. */
  readonly holds: readonly Span[];
  /** What does not stand meanwhile either; several may take it away at once. */
  readonly takes: readonly Span[];
}

/** How long each takes to be back. On a busy machine it takes longer: then the nemesis waits for it as well. */
const startMs: Readonly<Record<string, number>> = {
  api: 3_000,
  worker: 3_000,
  redis: 500,
  postgres: 1_000,
  bank: 1_000,
};
/** What was suspended, or refused for a while, goes on at once, or nearly. */
const resumeMs = 500;
const shutdownMs = 1_500;
/** A look and a rebuild after the gate was lost. */
const rebuildMs = 1_500;
/** A copy of a database, and its start. */
const copyMs = 1_500;
/** A database that was set back twice in short order would leave nobody who could say what was lost when. */
const historyMs = 10_000;
/** A link's fault has met traffic by then: reapers look five times a second, and people come all the time. */
const trafficMs = 600;

function starting(process: string): number {
  return startMs[process.replace(/\d$/, '')] ?? 0;
}

/** The link that a fault spoils; undefined when it is no fault of a link. */
export function linkOf(kind: FaultKind): Link | undefined {
  return links.find((link) => kind.startsWith(`link-${link}-`));
}

/** Whose connections a fault of a link spoils. */
export function ownersOf(link: Link, target: string): readonly string[] {
  const role = link === 'api' ? 'api' : link === 'bank' ? 'worker' : '';
  return instances.filter((name) => name.startsWith(role) && (target === 'all' || name === target));
}

/** For how long a fault of a server keeps what it is about, at most, until that stands again. */
function awayMs({ kind, target, durationMs }: PlannedFault): number {
  if (kind.startsWith('kill-')) return durationMs + starting(target);
  if (kind.startsWith('term-')) return shutdownMs + starting(target);
  switch (kind) {
    case 'redis-empty':
    case 'redis-older':
    case 'postgres-restart':
      return durationMs + starting(target);
    case 'redis-two-masters':
    case 'postgres-standby':
    case 'postgres-restore':
      return copyMs + durationMs + starting(target);
    default:
      return durationMs + resumeMs;
  }
}

/** The bank's manners need nothing and hold nothing: they last until payouts have met them. */
export function footprintOf(fault: PlannedFault): Footprint {
  const { kind, target, atMs } = fault;
  const link = linkOf(kind);
  if (link !== undefined) return footprintOfLink(link, fault);
  if (kind.startsWith('bank-')) return { needs: [], holds: [], takes: [] };

  const untilMs = atMs + awayMs(fault);
  const beginning = (thing: Thing): Span => ({ thing, fromMs: atMs, untilMs: atMs + trafficMs });
  const whole = (thing: Thing, longerMs = 0): Span => ({ thing, fromMs: atMs, untilMs: untilMs + longerMs });
  const losesGate = LOSE_GATE.has(kind);
  const setsBack = fault.declares !== undefined;
  return {
    needs: [
      beginning(target),
      ...(NEED_GATE.has(kind) ? [beginning('gate')] : []),
      ...(NEED_WRITES.has(kind) ? [beginning('postgres')] : []),
      // It is rebuilt from there.
      ...(losesGate ? [{ thing: 'postgres', fromMs: untilMs, untilMs: untilMs + rebuildMs }] : []),
    ],
    holds: [whole(target), ...(setsBack ? [whole('history', historyMs)] : [])],
    takes: losesGate ? [whole('gate', rebuildMs)] : [],
  };
}

/** Whoever kills Redis loses it as well, since it belongs to the server that it was built on (R11). */
const LOSE_GATE: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'kill-redis',
  'redis-flushall',
  'redis-empty',
  'redis-older',
  'redis-script-flush',
  'redis-key-lost',
  'redis-two-masters',
  'postgres-standby',
  'postgres-restore',
]);
const NEED_GATE: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'redis-flushall',
  'redis-empty',
  'redis-older',
  'redis-script-flush',
  'redis-key-lost',
  'redis-two-masters',
  'postgres-standby',
  'postgres-restore',
]);
/** What they lose, refuse or divide must be written: without Postgres hardly anything is. */
const NEED_WRITES: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'redis-older',
  'redis-full',
  'redis-full-long',
  'redis-two-masters',
]);

function footprintOfLink(link: Link, { target, atMs, durationMs }: PlannedFault): Footprint {
  const owners = ownersOf(link, target);
  // A claim goes through both servers, and so does a payout.
  const servers = link === 'api' ? [] : ['redis', 'postgres', ...(link === 'bank' ? ['bank'] : [])];
  return {
    needs: [...owners, ...servers].map((thing) => ({ thing, fromMs: atMs, untilMs: atMs + trafficMs })),
    holds: owners.map((owner) => {
      return { thing: `${link} ${owner}`, fromMs: atMs, untilMs: atMs + durationMs + resumeMs };
    }),
    takes: [],
  };
}
