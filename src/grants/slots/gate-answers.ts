import type { GateClaim } from './gate-claim.js';

/** A gate that was found to agree with Postgres, at this epoch. */
export interface OpenGate {
  readonly campaignId: string;
  /** A BIGINT as Postgres writes it. */
  readonly epoch: string;
  /**
   * Drawn at the rebuild. No other gate has the same epoch and nonce, even if an epoch repeats after both servers were
   * set back.
   */
  readonly nonce: string;
}

/** What claims need to know besides: a term of the campaign that the gate itself does not hold. */
export interface ClaimGate extends OpenGate {
  /** Whether only people on a list may claim (R33). Fixed when the campaign is created. */
  readonly hasList: boolean;
}

/** Distinguishes this gate from every other that its campaign ever had. Compare it as a whole. */
export function gateIdentity({ epoch, nonce }: Pick<OpenGate, 'epoch' | 'nonce'>): string {
  return `${epoch} ${nonce}`;
}

/** What the gate decided for one user. */
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
  /** A place is left, but Redis has no memory to record it (R20). */
  | { readonly kind: 'no-room' };

/** The answer of the gate to a batch. The decisions are in the order of the users asked for. */
export interface ClaimDecisions {
  readonly lastArrivalNo: number;
  /**
   * The last arrival number that the rebuild found in Postgres. Lower numbers that are missing there belong to nobody.
   */
  readonly rebuiltUpTo: number;
  readonly decisions: readonly ClaimDecision[];
}

/**
 * The result of freeing slots: these users of the line hold slots now, which are still to be made durable under
 * `epoch`.
 */
export interface Freed {
  readonly epoch: string;
  readonly promotions: readonly GateClaim[];
}

/** A slot whose lease has run out. */
export interface ExpiredSlot {
  readonly grantSeq: number;
  /** The holder; empty when none is known. */
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

/** How far a gate has come in handing out arrival numbers. */
export interface GateArrivals extends Omit<OpenGate, 'campaignId'> {
  /** The last one handed out. */
  readonly lastArrivalNo: number;
  /** See `ClaimDecisions`. */
  readonly rebuiltUpTo: number;
  /** How many people the rebuild found in Postgres, all with arrival numbers up to `rebuiltUpTo`. */
  readonly known: number;
}

/**
 * What an operator may change while a campaign runs, in the form of the gate: times in ms since 1970, null for none.
 */
export interface GateTerms {
  readonly revision: string;
  readonly state: string;
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  /** 0 once no slot can become free any more. */
  readonly waitingCapacity: number;
}

/** The revision of the terms that a gate has. Numbers are decimal. */
export interface TakenRevision {
  readonly revision: string;
  readonly epoch: string;
  /** The last arrival number that had been given out when it took the revision. */
  readonly arrivalNo: string;
}

/** The gate is missing, damaged, or not the one that was asked for: look at it before asking again (R3). */
export const STALE_EPOCH = 'stale';
