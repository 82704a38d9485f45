export const CAMPAIGN_STATES = ['OPEN', 'PAUSED', 'CLOSED'] as const;

/** OPEN takes claims between its times, PAUSED takes none for now, CLOSED takes none ever again. */
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** Where each state may come from. Asking for the state that is there already changes nothing and is no error. */
const COMES_FROM: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  OPEN: ['OPEN', 'PAUSED'],
  PAUSED: ['PAUSED', 'OPEN'],
  CLOSED: ['CLOSED', 'OPEN', 'PAUSED'],
};

/** The states in which a campaign may be told to become `next`, or, without one, to change its times. */
export function statesThatAllow(next: CampaignState | undefined): readonly CampaignState[] {
  return next === undefined ? ['OPEN', 'PAUSED'] : COMES_FROM[next];
}
