import { lookupFaults, type Fault, allFaults, requestFaults, webhookFaults } from './fault-kinds.js';

/** Durations and sizes of the faults. Integers. */
export const faultSizes = {
  /** How long a time-out holds the connection open, unless the client gives up first. */
  holdMs: 120_000,
  /** The Retry-After of a 429. */
  retryAfterSeconds: 1,
  /** Time between two bytes of a drip. */
  dripMs: 50,
  /** Size of a huge body. */
  hugeBytes: 16 * 1024 * 1024,
  /** Delay before a delayed request is executed. */
  delayedMs: 500,
  /** Time until a pending transfer is decided. */
  pendingMs: 300,
  /** Time until a settled transfer is reversed. */
  reversalDelayMs: 500,
  /** Delay of a late webhook. */
  lateWebhookMs: 1_000,
  /** How long a shuffled webhook waits for another to overtake it. */
  shuffleMs: 1_000,
  /** Pause before a refused webhook is sent again; doubles with each attempt. */
  webhookRetryMs: 500,
} as const;

type FaultSizes = { readonly [Name in keyof typeof faultSizes]: number };

/** How often the bank misbehaves, and how. Odds are 0..1. */
export interface Odds extends Readonly<Record<Fault, number>>, FaultSizes {
  /** Odds that an event is sent by webhook at all. */
  readonly webhook: number;
  /** Users whose transfers are always rejected: closed accounts. */
  readonly rejectUsers: readonly string[];
  /** Whether a 429 gives its Retry-After as a date. */
  readonly retryAfterAsDate: boolean;
}

/** The given odds are invalid. The message is one sentence for the user. */
export class OddsError extends Error {
  override readonly name = 'OddsError';
}

const largestSize = 2 ** 31 - 1; // also the longest delay of a timer

export const noFaults: Odds = {
  ...(Object.fromEntries(allFaults.map((kind) => [kind, 0])) as Record<Fault, number>),
  ...faultSizes,
  webhook: 1,
  rejectUsers: [],
  retryAfterAsDate: false,
};

function isValid(name: string, value: unknown): boolean {
  if (name === 'rejectUsers') return Array.isArray(value) && value.every((id) => typeof id === 'string');
  if (name === 'retryAfterAsDate') return typeof value === 'boolean';
  if (typeof value !== 'number') return false;
  if (name in faultSizes) return Number.isInteger(value) && value >= 0 && value <= largestSize;
  return value >= 0 && value <= 1;
}

/**
 * Reads odds from JSON. Odds that are not named keep their default: no faults.
 * @throws OddsError
 */
export function readOdds(given: unknown): Odds {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OddsError('Odds are a JSON object, such as {"errorAfter":0.1}.');
  }
  for (const [name, value] of Object.entries(given)) {
    if (!(name in noFaults)) throw new OddsError(`There are no odds named ${JSON.stringify(name)}.`);
    if (!isValid(name, value)) throw new OddsError(`${name} can't be ${JSON.stringify(value)}.`);
  }
  const odds: Odds = { ...noFaults, ...given };
  for (const kinds of [requestFaults, lookupFaults, webhookFaults]) {
    const sum = kinds.reduce((total, kind) => total + odds[kind], 0);
    // Floating point: ten tenths do not add up to exactly 1.
    if (sum > 1 + 1e-9)
      throw new OddsError(`At most one of ${kinds.join(', ')} happens: their odds must add up to at most 1.`);
  }
  return odds;
}
