/** How a claim stands at the gate: holds a slot, was paid, was rejected, waits, or waited until the campaign ended. */
export type GateState = 'PROCESSING' | 'SETTLED' | 'FAILED' | 'WAITING' | 'ENDED';

/** What the gate remembers of one user. */
export interface GateClaim {
  readonly userId: string;
  readonly state: GateState;
  readonly arrivalNo: number;
  /** When the claim was taken, by the gate's clock: ms since 1970. */
  readonly createdAt: number;
  /** The slot, or null for who has never held one. */
  readonly grantSeq: number | null;
}

/** A slot and who holds it: what settling and freeing name (R6). */
export interface SlotHolder {
  readonly userId: string;
  readonly grantSeq: number;
}

/** A state as the gate's records have it. */
const STATES: Readonly<Record<string, GateState>> = {
  P: 'PROCESSING',
  S: 'SETTLED',
  F: 'FAILED',
  W: 'WAITING',
  E: 'ENDED',
};

/** Reads the gate's record `<state>:<arrivalNo>:<createdAt>:<slot>`. @throws Error when it is none */
export function parseGateClaim(userId: string, record: string): GateClaim {
  const [letter = '', arrivalNo, createdAt, slot] = record.split(':');
  const state = STATES[letter];
  if (!state) throw new Error('The gate remembers somebody in a state that does not exist.');
  return {
    userId,
    state,
    arrivalNo: Number(arrivalNo),
    createdAt: Number(createdAt),
    grantSeq: slot === undefined || slot === '' ? null : Number(slot),
  };
}
