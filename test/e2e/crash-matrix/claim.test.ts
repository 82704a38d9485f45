import { pausedAndResumed, rush } from '../../support/crash-matrix/provocations.js';
import { crashMatrix } from '../../support/crash-matrix/matrix.js';

// What an api does for those who ask, and for an operator.
crashMatrix([
  { point: 'gate.decided', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'claim.committed', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'doorbell.rung', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'sold-out.confirmed', role: 'api', provider: 'ledger', provoke: rush },
  { point: 'change.committed', role: 'api', provider: 'ledger', provoke: pausedAndResumed },
  {
    point: 'campaign.created',
    role: 'api',
    provider: 'ledger',
    provoke: async (stage) => {
      await stage.createCampaign((attempt) => stage.pick(attempt));
      await rush(stage);
    },
  },
]);
