import type { Campaign } from '../api/reads.js';
import type { Tone } from '../parts/Chip.tsx';

const TONES: Record<Campaign['state'], Tone> = {
  SCHEDULED: 'idle',
  OPEN: 'busy',
  PAUSED: 'watch',
  CLOSED: 'idle',
};

/** Closed is not done: people may still wait for their money. */
export const campaignTone = ({ state, finishedAt }: Campaign): Tone =>
  finishedAt === null ? TONES[state] : 'done';

export const CAMPAIGN_STATES = ['OPEN', 'SCHEDULED', 'PAUSED', 'CLOSED'] as const;
