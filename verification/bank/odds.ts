import { lookupFaults, type Misfortune, misfortunes, requestFaults, webhookFaults } from './fault-kinds.js';

/** How long, how much, how large: what the faults are like when they happen. Whole numbers. */
export const faultSizes = {
  /** For how long a time-out holds the connection open, if the client doesn't give up before. */
  holdMs: 120_000,
  /** What a 429 says. */
  retryAfterSeconds: 1,
  /** Between two bytes of a drip. */
  dripMs: 50,
  /** Of a huge body. */
  hugeBytes: 16 * 1024 * 1024,
  /** After which a delayed request is executed. */
  delayedMs: 500,
  /** After which a pending transfer is decided. */
  pendingMs: 300,
  /** After which a settled transfer is reversed. */
  reversalDelayMs: 500,
  /** By which a late webhook is late. */
  lateWebhookMs: 1_000,
  /** For how long a shuffled webhook waits to be overtaken. */
  shuffleMs: 1_000,
  /** Before a webhook that was not taken is sent again; doubles with each attempt. */
  webhookRetryMs: 500,
} as const;

type FaultSizes = { readonly [Name in keyof typeof faultSizes]: number };

/** The bank's manners. Odds are 0..1. */
export interface Odds extends Readonly<Record<Misfortune, number>>, FaultSizes {
  /** Whether an event is told by webhook at all. */
  readonly webhook: number;
  /** Users whose transfers are rejected, always: closed accounts. */
  readonly rejectUsers: readonly string[];
  /** Whether a 429 says its Retry-After as a date. */
  readonly retryAfterAsDate: boolean;
}

/** What was given is no odds; the message is one sentence for whoever gave it. */
export class OddsError extends Error {
  override readonly name = 'OddsError';
}

const largestSize = 2 ** 31 - 1; // also the longest time that a timer can wait

export const goodManners: Odds = {
  ...(Object.fromEntries(misfortunes.map((kind) => [kind, 0])) as Record<Misfortune, number>),
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
 * Reads odds that were given as JSON; what is not named keeps its default, which is good manners.
 * @throws OddsError
 */
export function readOdds(given: unknown): Odds {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OddsError('Odds are a JSON object, such as {"errorAfter":0.1}.');
  }
  for (const [name, value] of Object.entries(given)) {
    if (!(name in goodManners)) throw new OddsError(`There are no odds named ${JSON.stringify(name)}.`);
    if (!isValid(name, value)) throw new OddsError(`${name} can't be ${JSON.stringify(value)}.`);
  }
  const odds: Odds = { ...goodManners, ...given };
  for (const kinds of [requestFaults, lookupFaults, webhookFaults]) {
    const sum = kinds.reduce((total, kind) => total + odds[kind], 0);
    // Tenths don't add up to one exactly.
    if (sum > 1 + 1e-9)
      throw new OddsError(`At most one of ${kinds.join(', ')} happens: together at most 1.`);
  }
  return odds;
}
