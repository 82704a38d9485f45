import {
  CAMPAIGN_STATES,
  type CampaignState,
  SHOWN_STATES,
  type ShownState,
  statesThatAllow,
} from '../../src/campaigns/campaign-lifecycle.js';

/** What may be asked for in each state. */
const MAY_BECOME: Readonly<Record<ShownState, readonly CampaignState[]>> = {
  SCHEDULED: ['OPEN', 'PAUSED', 'CLOSED'],
  OPEN: ['OPEN', 'PAUSED', 'CLOSED'],
  PAUSED: ['OPEN', 'PAUSED', 'CLOSED'],
  CLOSED: ['CLOSED'],
};

describe('P8, the states of a campaign', () => {
  it.each(SHOWN_STATES.flatMap((from) => CAMPAIGN_STATES.map((to) => ({ from, to }))))(
    'allows or refuses $from to $to, as the table says',
    ({ from, to }) => {
      expect(statesThatAllow(to).includes(from)).toBe(MAY_BECOME[from].includes(to));
    },
  );

  it('allows changes of the name and the times until the campaign is closed', () => {
    expect([...statesThatAllow(undefined)].sort()).toEqual(['OPEN', 'PAUSED', 'SCHEDULED']);
  });
});
