import { created, left, pausedAndResumed, rush } from '../../support/crash-matrix/provocations.js';
import { crashMatrix } from '../../support/crash-matrix/matrix.js';

// The steps of an api for people who claim, and for an operator.
crashMatrix([
  { point: 'gate.decided', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'claim.committed', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'doorbell.rung', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'sold-out.confirmed', role: 'api', provider: 'ledger', provoke: rush },
  { point: 'place.left', role: 'api', provider: 'ledger', provoke: left },
  { point: 'change.committed', role: 'api', provider: 'ledger', provoke: pausedAndResumed },
  { point: 'revision.taken', reach: 2, role: 'api', provider: 'ledger', provoke: pausedAndResumed },
  { point: 'campaign.created', role: 'api', provider: 'ledger', provoke: created },
]);
