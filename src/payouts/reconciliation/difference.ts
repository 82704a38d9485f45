import { mismatch, type Transfer } from '../by-provider/transfer-answer.js';
import type { PayoutState } from '../payout-state.js';

/**
 * How our books and the provider's can differ. What is marked `worst` must never happen.
 *
 * Can be applied, because the payout's states allow it:
 * - `settled-there`, `rejected-there`: ours has no outcome yet, theirs has
 * - `reversed-there`: theirs came back, ours has no record of that
 *
 * Need a person:
 * - `paid-though-failed` (worst): ours is REJECTED or REVOKED, so its slot was passed on, and theirs is settled
 * - `paid-twice` (worst): two transfers under one key moved money: the provider forgot the key
 * - `two-transfers`: two transfers under one key, of which at most one moved money
 * - `missing-there`: ours has moved, theirs knows nothing of it
 * - `unknown-here`: theirs has moved, or may yet, and ours never asked for it. Where a grant waits to be paid, it is
 *   taken over (R22), and then one of the above
 * - `paid-by-ledger`: theirs has moved, and our own ledger made this payout
 * - `not-settled-there`: ours is SETTLED, theirs rejected it, or has not decided
 * - `not-reversed-there`: ours is REVERSED, theirs is not
 * - `other-terms`: amount, currency, user or campaign are not what was sent
 */
export const DIFFERENCE_KINDS = [
  'settled-there',
  'rejected-there',
  'reversed-there',
  'paid-though-failed',
  'paid-twice',
  'two-transfers',
  'missing-there',
  'unknown-here',
  'paid-by-ledger',
  'not-settled-there',
  'not-reversed-there',
  'other-terms',
] as const;

export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** A difference that was found. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly idempotencyKey: string;
  /** Null when there is no such payout. */
  readonly ours: string | null;
  /** Each transfer under the key as `<id> <state>`. */
  readonly theirs: readonly string[];
  readonly applied: boolean;
}

/** What our books hold under a key. */
export interface OurPayout {
  readonly state: PayoutState;
  /** What was sent; null when our own ledger made the payout. */
  readonly body: string | null;
  /** A process is working on it right now, and will record the outcome. */
  readonly underWay: boolean;
}

/**
 * Compares what the two sides hold under a key.
 * @param theirs every transfer under the key, in the order in which they were made
 * @returns null when they agree, or nothing can be said yet: "not found" says nothing about a payout that is still in
 *   doubt (R13)
 */
export function differenceBetween(
  idempotencyKey: string,
  ours: OurPayout | null,
  theirs: readonly Transfer[],
): DifferenceKind | null {
  const [transfer, ...more] = theirs;
  if (!transfer) return ours && ours.body !== null && HAS_MOVED.includes(ours.state) ? 'missing-there' : null;
  if (more.length > 0) return theirs.filter(isSettled).length > 1 ? 'paid-twice' : 'two-transfers';
  if (!ours) return transfer.state === 'rejected' ? null : 'unknown-here';
  if (ours.body === null && ours.state === 'REVOKED') return betweenStates(ours, transfer.state);
  if (ours.body === null) return isSettled(transfer) ? 'paid-by-ledger' : null;
  if (mismatch({ idempotencyKey, body: ours.body }, transfer) !== null) return 'other-terms';
  return betweenStates(ours, transfer.state);
}

/**
 * Whether it is still open what becomes of the money under a key on which the two sides do not differ: our payout may
 * have been sent and has no outcome, or the provider has not decided. Later the sides may differ.
 */
export function isUndecided(ours: OurPayout | null, theirs: readonly Transfer[]): boolean {
  const isInDoubt = ours !== null && ours.body !== null && IN_DOUBT.includes(ours.state);
  return isInDoubt || theirs.some(({ state }) => state === 'pending');
}

/** The states of a payout that may have been sent and has no outcome. */
const IN_DOUBT: readonly PayoutState[] = ['SENDING', 'IN_DOUBT', 'HELD'];

const HAS_MOVED: readonly PayoutState[] = ['SETTLED', 'REVERSED'];

const isSettled = ({ state }: Transfer): boolean => state === 'settled';

function betweenStates({ state, underWay }: OurPayout, theirs: string): DifferenceKind | null {
  switch (state) {
    case 'SETTLED':
      if (theirs === 'settled') return null;
      return theirs === 'reversed' ? 'reversed-there' : 'not-settled-there';
    case 'REVERSED':
      return theirs === 'reversed' ? null : 'not-reversed-there';
    case 'REJECTED':
    case 'REVOKED':
      // Pending: it may yet be paid; a later comparison finds that.
      return theirs === 'settled' ? 'paid-though-failed' : null;
    default:
      if (underWay) return null;
      return NEWS[theirs] ?? null;
  }
}

/** What the provider's state says of a payout that has no outcome here. */
const NEWS: Readonly<Record<string, DifferenceKind>> = {
  settled: 'settled-there',
  rejected: 'rejected-there',
  reversed: 'reversed-there',
};

/** The outcomes that may be taken from the statement, as the payout's states allow. */
export const APPLICABLE = {
  'settled-there': 'SETTLED',
  'rejected-there': 'REJECTED',
  'reversed-there': 'REVERSED',
} as const satisfies Partial<Record<DifferenceKind, PayoutState>>;

export function isApplicable(kind: DifferenceKind): kind is keyof typeof APPLICABLE {
  return kind in APPLICABLE;
}
