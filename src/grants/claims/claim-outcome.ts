import type { ClaimRecord } from './claim-record.js';
import type { FullGate } from './sold-out-check.js';

/** What came of a claim, as a value: each of these is expected. */
export type ClaimOutcome =
  | {
      readonly kind: 'claimed';
      readonly fresh: boolean;
      readonly record: ClaimRecord;
      readonly waitingPosition: number | null;
    }
  | { readonly kind: 'sold-out' }
  | { readonly kind: 'not-open'; readonly opensAt: Date }
  | { readonly kind: 'paused' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unknown-campaign' };

/** What a batch finds out; that the gate is full still has to be checked against Postgres before it may be said (P5). */
export type BatchOutcome =
  | ClaimOutcome
  | ({ readonly kind: 'full' } & FullGate)
  /** Redis is full (R20): this one is asked to come again, and those who are known get their answer. */
  | { readonly kind: 'no-room' };
