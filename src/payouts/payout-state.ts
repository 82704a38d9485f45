/**
 * - DUE: not sent, or certainly not looked at by the provider
 * - SENDING: a process is working on it until its lease expires; if that process died, it may have been sent
 * - IN_DOUBT: sent, outcome unknown; looked up, and sent again under its key while the provider remembers keys
 * - HELD: in doubt for so long, or begun by a provider where the ledger pays, so that an operator has to decide
 * - SETTLED, REJECTED: the outcome, for good (R13)
 * - REVERSED: settled, and the money came back later
 * - REVOKED: never sent, and never will be: an operator took the grant back (R25)
 */
export const PAYOUT_STATES = [
  'DUE',
  'SENDING',
  'IN_DOUBT',
  'HELD',
  'SETTLED',
  'REJECTED',
  'REVERSED',
  'REVOKED',
] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];

/** The states that are not an outcome. */
const OPEN: readonly PayoutState[] = ['DUE', 'SENDING', 'IN_DOUBT', 'HELD'];

/** The states from which each state can be reached. */
const COMES_FROM: Readonly<Record<PayoutState, readonly PayoutState[]>> = {
  DUE: ['SENDING', 'HELD'],
  SENDING: ['DUE', 'SENDING', 'IN_DOUBT'],
  IN_DOUBT: ['SENDING'],
  HELD: ['DUE', 'SENDING', 'IN_DOUBT'],
  SETTLED: OPEN,
  REJECTED: OPEN,
  REVERSED: ['SETTLED'],
  REVOKED: ['DUE'],
};

/** The states from which a payout may become `next`. */
export function statesBefore(next: PayoutState): readonly PayoutState[] {
  return COMES_FROM[next];
}

/**
 * The states in which an operator may say what became of a payout: no process is working on it, and nobody else knows.
 */
export const LEFT_TO_OPERATORS: readonly PayoutState[] = ['IN_DOUBT', 'HELD'];
