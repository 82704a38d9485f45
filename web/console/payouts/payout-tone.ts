import type { PayoutState } from '../api/reads.js';
import type { Tone } from '../parts/Chip.tsx';

export const PAYOUT_TONES: Record<PayoutState, Tone> = {
  DUE: 'idle',
  SENDING: 'busy',
  IN_DOUBT: 'watch',
  HELD: 'bad',
  SETTLED: 'done',
  REJECTED: 'bad',
  REVERSED: 'watch',
  REVOKED: 'idle',
};

export const PAYOUT_STATES = [
  'HELD',
  'IN_DOUBT',
  'DUE',
  'SENDING',
  'SETTLED',
  'REJECTED',
  'REVERSED',
  'REVOKED',
] as const;
