import type { Person } from '../api/reads.js';
import type { Tone } from '../parts/Chip.tsx';

export const PERSON_TONES: Record<Person['status'], Tone> = {
  PENDING: 'busy',
  SUCCESS: 'done',
  FAILED: 'bad',
  REVOKED: 'bad',
  REVERSED: 'watch',
  WAITING: 'idle',
  ENDED: 'idle',
  LEFT: 'idle',
};

export const PERSON_STATES = [
  'PENDING',
  'SUCCESS',
  'WAITING',
  'FAILED',
  'REVOKED',
  'REVERSED',
  'ENDED',
  'LEFT',
] as const;
