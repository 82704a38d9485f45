import type { CampaignState } from '../api/reads.js';
import type { Tone } from '../parts/Chip.js';

export const CAMPAIGN_TONES: Record<CampaignState, Tone> = {
  SCHEDULED: 'idle',
  OPEN: 'busy',
  PAUSED: 'watch',
  CLOSED: 'done',
};

export const CAMPAIGN_STATES = ['OPEN', 'SCHEDULED', 'PAUSED', 'CLOSED'] as const;
