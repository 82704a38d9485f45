import { type FaultKind, type Link, links } from './fault-kinds.js';
import type { PlannedFault } from './planned-fault.js';

/** The instances of the service in a run. */
export const instances = ['api1', 'api2', 'worker1', 'worker2'] as const;

/** Whether a fault's target is one instance of the service. */
export function isInstance(target: string): boolean {
  return instances.some((name) => name === target);
}

/**
 * A resource that is available or not: a process; `gate`: a gate is built and its scripts are loaded; `history`: the
 * database was not set back recently; a link between an instance and a server, such as `redis api1`, free of other
 * faults.
 */
export type Thing = string;

/** A thing during a period, in ms from the start of the run. */
export interface Span {
  readonly thing: Thing;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface Footprint {
  /** What must be available for the fault to have an effect. */
  readonly needs: readonly Span[];
  /** What the fault occupies exclusively until it is available again. */
  readonly holds: readonly Span[];
  /** What else is unavailable meanwhile. Several faults may take it away at once. */
  readonly takes: readonly Span[];
}

/** How long each process takes to start. On a busy machine it takes longer; the nemesis then waits for it. */
const startMs: Readonly<Record<string, number>> = {
  api: 3_000,
  worker: 3_000,
  redis: 500,
  postgres: 1_000,
  bank: 1_000,
};
/** After a suspension or refusal, service resumes almost at once. */
const resumeMs = 500;
/** All that the arena lets them take (`SHUTDOWN_DEADLINE_MS`): when the database is away, they do. */
const shutdownMs = 3_000;
/** One look and one rebuild after the gate was lost. */
const rebuildMs = 1_500;
/** Copying a database and starting it. */
const copyMs = 1_500;
/** If a database were set back twice in quick succession, nothing could tell what was lost when. */
const historyMs = 10_000;
/** By then a link's fault has met traffic: reapers look five times a second, and people arrive all the time. */
const trafficMs = 600;

function starting(process: string): number {
  return startMs[process.replace(/\d$/, '')] ?? 0;
}

/** The link that a fault affects; undefined if it is not a fault of a link. */
export function linkOf(kind: FaultKind): Link | undefined {
  return links.find((link) => kind.startsWith(`link-${link}-`));
}

/** The instances whose connections a link fault may affect. */
export function ownersOf(link: Link, target: string): readonly string[] {
  const role = link === 'api' ? 'api' : link === 'bank' ? 'worker' : '';
  const isAny = target === 'all' || target === 'busiest';
  return instances.filter((name) => name.startsWith(role) && (isAny || name === target));
}

/** How long at most the target of a server fault is unavailable. */
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

/** Whether it ends an instance of the service, and starts it again. */
export function endsInstance({ kind }: PlannedFault): boolean {
  return /^(kill|term)-(api|worker)$/.test(kind);
}

/** An instance that was ended listens again only when it has reached both servers. */
function neededToStart(fault: PlannedFault): Thing[] {
  const { target } = fault;
  if (!endsInstance(fault)) return [];
  return ['postgres', 'redis', `postgres ${target}`, `redis ${target}`];
}

/** Faults by odds (`bank-…`) need nothing and hold nothing: they last until payouts have met them. */
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
      // The gate is rebuilt from Postgres.
      ...(losesGate ? [{ thing: 'postgres', fromMs: untilMs, untilMs: untilMs + rebuildMs }] : []),
      ...neededToStart(fault).map((thing) => ({ thing, fromMs: untilMs - starting(target), untilMs })),
    ],
    holds: [whole(target), ...(setsBack ? [whole('history', historyMs)] : [])],
    takes: losesGate ? [whole('gate', rebuildMs)] : [],
  };
}

/** Killing Redis loses the gate as well: a gate is valid only on the server on which it was built (R11). */
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
/** These need writes to Redis to have an effect. Without Postgres there are hardly any. */
const NEED_WRITES: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'redis-older',
  'redis-full',
  'redis-full-long',
  'redis-two-masters',
]);

function footprintOfLink(link: Link, { target, atMs, durationMs }: PlannedFault): Footprint {
  const owners = ownersOf(link, target);
  // Claims and payouts use both servers.
  const servers = link === 'api' ? [] : ['redis', 'postgres', ...(link === 'bank' ? ['bank'] : [])];
  return {
    needs: [...owners, ...servers].map((thing) => ({ thing, fromMs: atMs, untilMs: atMs + trafficMs })),
    holds: owners.map((owner) => {
      return { thing: `${link} ${owner}`, fromMs: atMs, untilMs: atMs + durationMs + resumeMs };
    }),
    takes: [],
  };
}
