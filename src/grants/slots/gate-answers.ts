import type { GateClaim } from './gate-claim.js';

/** A gate that was found to agree with Postgres, at this epoch. */
export interface OpenGate {
  readonly campaignId: string;
  /** A BIGINT as Postgres writes it. */
  readonly epoch: string;
  /** Drawn at its rebuild: no other gate has both, though an epoch should come again, after both servers were set back. */
  readonly nonce: string;
}

/** Tells this gate from every other that its campaign ever had; compared as a whole. */
export function gateIdentity({ epoch, nonce }: Pick<OpenGate, 'epoch' | 'nonce'>): string {
  return `${epoch} ${nonce}`;
}

/** What the gate decided for one person. */
export type ClaimDecision =
  | {
      readonly kind: 'claim';
      readonly fresh: boolean;
      readonly claim: GateClaim;
      readonly waitingPosition: number | null;
    }
  | { readonly kind: 'not-open'; readonly opensAt: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'full' }
  /** A place is left, and Redis has no memory to write it down (R20). */
  | { readonly kind: 'no-room' };

/** One answer of the gate to a batch; decisions stand in the order of the users asked for. */
export interface ClaimDecisions {
  readonly lastArrivalNo: number;
  /** The last arrival that the gate's rebuild found in Postgres; numbers below it that are missing there are nobody's. */
  readonly rebuiltUpTo: number;
  readonly decisions: readonly ClaimDecision[];
}

/** What freeing slots led to: these people of the line hold slots now, and are yet to be made durable under `epoch`. */
export interface Freed {
  readonly epoch: string;
  readonly promotions: readonly GateClaim[];
}

/** A slot whose lease has run out. */
export interface ExpiredSlot {
  readonly grantSeq: number;
  /** Who holds it; empty when nobody is known to. */
  readonly userId: string;
  /** What the gate remembers of the holder; null when nothing. */
  readonly claim: GateClaim | null;
}

/** What the reaper must look at. */
export interface ExpiredLeases {
  readonly epoch: string;
  readonly slots: readonly ExpiredSlot[];
  /** Places in the line that are not known to be durable (R10). */
  readonly places: readonly GateClaim[];
}

export interface GateCounts {
  readonly available: number;
  readonly processing: number;
  readonly settled: number;
  readonly waiting: number;
}

/** How far a gate has come with giving out arrivals. */
export interface GateArrivals extends Omit<OpenGate, 'campaignId'> {
  /** The last one that was given out. */
  readonly lastArrivalNo: number;
  /** See `ClaimDecisions`. */
  readonly rebuiltUpTo: number;
  /** How many people the rebuild found in Postgres, all of them with arrivals up to `rebuiltUpTo`. */
  readonly known: number;
}

/** What an operator may change while a campaign runs, as the gate wants it: ms since 1970, null for none. */
export interface GateTerms {
  readonly revision: string;
  readonly state: string;
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  /** 0 once no slot can come free any more. */
  readonly waitingCapacity: number;
}

/** The gate is missing or damaged, or is not the one that was asked for: look at it before asking again (R3). */
export const STALE_EPOCH = 'stale';
