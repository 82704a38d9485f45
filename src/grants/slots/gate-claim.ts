/**
 * The state of a claim at the gate: holds a slot, was paid, was rejected, waits, or is out of the line (the campaign
 * ended, or the user left).
 */
export type GateState = 'PROCESSING' | 'SETTLED' | 'FAILED' | 'WAITING' | 'ENDED';

/** What the gate remembers of one user. */
export interface GateClaim {
  readonly userId: string;
  readonly state: GateState;
  readonly arrivalNo: number;
  /** When the claim was taken, by the gate's clock: ms since 1970. */
  readonly createdAt: number;
  /** The slot; null for a user who has never held one. */
  readonly grantSeq: number | null;
}

/** A slot and its holder: settling and freeing name both (R6). */
export interface SlotHolder {
  readonly userId: string;
  readonly grantSeq: number;
}

/** States by their letter in the records of the gate. */
const STATES: Readonly<Record<string, GateState>> = {
  P: 'PROCESSING',
  S: 'SETTLED',
  F: 'FAILED',
  W: 'WAITING',
  E: 'ENDED',
};

/** Parses a record of the gate, `<state>:<arrivalNo>:<createdAt>:<slot>`. @throws Error when there is no such state */
export function parseGateClaim(userId: string, record: string): GateClaim {
  const [letter = '', arrivalNo, createdAt, slot] = record.split(':');
  const state = STATES[letter];
  if (!state) throw new Error('The gate remembers a claim in a state that does not exist.');
  return {
    userId,
    state,
    arrivalNo: Number(arrivalNo),
    createdAt: Number(createdAt),
    grantSeq: slot === undefined || slot === '' ? null : Number(slot),
  };
}
