import {
  CAMPAIGN_STATES,
  type CampaignState,
  statesThatAllow,
} from '../../src/campaigns/campaign-lifecycle.js';

/** From each state, what it may become. */
const MAY_BECOME: Readonly<Record<CampaignState, readonly CampaignState[]>> = {
  OPEN: ['OPEN', 'PAUSED', 'CLOSED'],
  PAUSED: ['OPEN', 'PAUSED', 'CLOSED'],
  CLOSED: ['CLOSED'],
};

describe('P8, a campaign’s life', () => {
  it.each(CAMPAIGN_STATES.flatMap((from) => CAMPAIGN_STATES.map((to) => ({ from, to }))))(
    'from $from to $to is as the table says',
    ({ from, to }) => {
      expect(statesThatAllow(to).includes(from)).toBe(MAY_BECOME[from].includes(to));
    },
  );

  it('changes its times until it is closed', () => {
    expect([...statesThatAllow(undefined)].sort()).toEqual(['OPEN', 'PAUSED']);
  });
});
