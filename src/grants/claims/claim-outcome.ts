import type { ClaimRecord } from './claim-record.js';
import type { FullGate } from './sold-out-check.js';

/** The outcome of a claim. It is a value because every kind is expected. */
export type ClaimOutcome =
  | {
      readonly kind: 'claimed';
      readonly fresh: boolean;
      readonly record: ClaimRecord;
      readonly waitingPosition: number | null;
      /** Of the gate that decided; null when Postgres alone was asked, since the campaign is finished. */
      readonly gateEpoch: string | null;
    }
  | {
      readonly kind: 'sold-out';
      /** Whether no place ever becomes free again. */
      readonly isFinal: boolean;
      /** The gate that was full; null for a finished campaign, which has none. */
      readonly full: FullGate | null;
    }
  | { readonly kind: 'not-open'; readonly opensAt: Date }
  | { readonly kind: 'paused' }
  | { readonly kind: 'closed' }
  /** Only people on a list may claim, and this user is not on it (R33). */
  | { readonly kind: 'not-eligible' }
  | { readonly kind: 'unknown-campaign' };

/**
 * The outcome of a claim in a batch. Before "sold out" is answered, a full gate still has to be checked against
 * Postgres (P5).
 */
export type BatchOutcome =
  | ClaimOutcome
  | ({ readonly kind: 'full' } & FullGate)
  /** Redis is full (R20): this user is asked to come again; users who are known get their answer. */
  | { readonly kind: 'no-room' };
