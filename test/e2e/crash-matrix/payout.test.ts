import { rush } from '../../support/crash-matrix/provocations.js';
import { crashMatrix } from '../../support/crash-matrix/matrix.js';

// The steps of a worker that pays from the ledger.
crashMatrix([
  { point: 'payout.concluded', reach: 2, role: 'worker', provider: 'ledger', provoke: rush },
  { point: 'gate.settled', reach: 2, role: 'worker', provider: 'ledger', provoke: rush },
  { point: 'gate.freed', role: 'worker', provider: 'ledger', provoke: rush },
  { point: 'promotion.committed', role: 'worker', provider: 'ledger', provoke: rush },
]);
