import type { Campaign } from '../api/reads.js';
import type { Messages } from '../messages/en.js';
import type { Tone } from '../parts/Chip.tsx';

const TONES: Record<Campaign['state'], Tone> = {
  SCHEDULED: 'idle',
  OPEN: 'busy',
  PAUSED: 'watch',
  CLOSED: 'idle',
};

/** Closed is not done: people may still wait for their money. Nor is it open once everything is given. */
export const campaignTone = (campaign: Campaign): Tone => {
  if (campaign.finishedAt !== null) return 'done';
  return isGiven(campaign) ? 'idle' : TONES[campaign.state];
};

/** What the state is called. */
export function campaignLabel(campaign: Campaign, m: Messages): string {
  if (campaign.finishedAt !== null) return m.finished;
  return isGiven(campaign) ? m.allGiven : m.state[campaign.state];
}

/** Every slot is paid, and nobody gets in any more, although nobody closed it. */
const isGiven = ({ state, endedAt }: Campaign): boolean => endedAt !== null && state !== 'CLOSED';

export const CAMPAIGN_STATES = ['OPEN', 'SCHEDULED', 'PAUSED', 'CLOSED'] as const;
