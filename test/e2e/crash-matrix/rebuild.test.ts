import { gateLost, gateLostAtRest } from '../../support/crash-matrix/provocations.js';
import { crashMatrix } from '../../support/crash-matrix/matrix.js';

// What is done once Redis has lost everything, by who is asked first, or by the reaper when nobody asks.
crashMatrix([
  { point: 'rebuild.epoch-raised', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.staged', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.replaced', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'gate.inspected', reach: 2, role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.staged', role: 'worker', provider: 'ledger', provoke: gateLostAtRest },
]);
