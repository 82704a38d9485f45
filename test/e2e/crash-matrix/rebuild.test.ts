import { crashMatrix } from '../../support/crash-matrix/matrix.js';
import {
  gateLost,
  gateLostAtRest,
  gateLostMeanwhile,
  lastPlaceLost,
} from '../../support/crash-matrix/provocations.js';

// The steps after Redis has lost everything, by the first instance that is asked, or by the reaper if nobody asks.
crashMatrix([
  { point: 'rebuild.epoch-raised', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.staged', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.noted', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.replaced', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'gate.inspected', reach: 2, role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.staged', role: 'worker', provider: 'ledger', provoke: gateLostAtRest },
  { point: 'gate.decided', reach: 2, role: 'api', provider: 'ledger', provoke: gateLostMeanwhile },
  { point: 'gate.decided', role: 'api', provider: 'ledger', provoke: lastPlaceLost },
]);
