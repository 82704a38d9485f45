export const CAMPAIGN_STATES = ['OPEN', 'PAUSED', 'CLOSED'] as const;

/** OPEN takes claims between opensAt and closesAt, PAUSED takes none for now, CLOSED takes none ever again. */
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** The states that each state may follow. Asking for the current state changes nothing and is no error. */
const COMES_FROM: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  OPEN: ['OPEN', 'PAUSED'],
  PAUSED: ['PAUSED', 'OPEN'],
  CLOSED: ['CLOSED', 'OPEN', 'PAUSED'],
};

/** The states in which a campaign may change to `next` or, without it, change its times. */
export function statesThatAllow(next: CampaignState | undefined): readonly CampaignState[] {
  return next === undefined ? ['OPEN', 'PAUSED'] : COMES_FROM[next];
}
