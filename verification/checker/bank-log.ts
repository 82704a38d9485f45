import { type JsonObject, parseJsonLines } from './json-lines.js';
import { UnusableInputError } from './unusable-input.js';

/**
 * New states of a transfer (`pending`: accepted, not yet decided), and: a forgotten key came again, a key came with
 * another body, a deliberate fault.
 */
const events = [
  ...(['pending', 'settled', 'rejected', 'reversed'] as const),
  ...(['forgotten', 'key-conflict', 'fault'] as const),
];

/** One line of the provider's own log: what it did, no matter what it answered. */
export interface BankEvent {
  readonly seq: number;
  readonly event: (typeof events)[number];
  readonly idempotencyKey: string | null;
  readonly campaignId: string | null;
  readonly userId: string | null;
  /** Minor units. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly reason: string | null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function readEvent(line: JsonObject): BankEvent | undefined {
  const event = events.find((known) => known === line.event);
  const { seq, amount } = line;
  if (event === undefined || typeof seq !== 'number' || !Number.isSafeInteger(seq)) return undefined;
  const named = {
    idempotencyKey: textOrNull(line.idempotencyKey),
    campaignId: textOrNull(line.campaignId),
    userId: textOrNull(line.userId),
    amount: typeof amount === 'number' && Number.isSafeInteger(amount) ? amount : null,
    currency: textOrNull(line.currency),
    reason: textOrNull(line.reason),
  };
  const movesMoney = event === 'settled' || event === 'reversed';
  if (movesMoney && Object.entries(named).some(([name, value]) => name !== 'reason' && value === null))
    return undefined;
  if (event !== 'fault' && named.idempotencyKey === null) return undefined;
  return { seq, event, ...named };
}

/**
 * Reads the provider's log, which may cover any campaigns.
 * @throws UnusableInputError if a line is unreadable or the lines are out of order
 */
export function parseBankLog(text: string): BankEvent[] {
  const log = parseJsonLines(text, "the provider's log", readEvent);
  for (const [index, { seq }] of log.entries()) {
    const before = log[index - 1];
    if (before && before.seq >= seq)
      throw new UnusableInputError(`The provider's log has ${seq} after ${before.seq}.`);
  }
  return log;
}
