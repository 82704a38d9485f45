import { claimsAbandoned, closed, ringsLost } from '../../support/crash-matrix/provocations.js';
import { crashMatrix } from '../../support/crash-matrix/matrix.js';

// The steps of a worker that completes what others left undone.
crashMatrix([
  { point: 'lease.judged', role: 'worker', provider: 'ledger', provoke: claimsAbandoned },
  { point: 'recovery.committed', role: 'worker', provider: 'ledger', provoke: claimsAbandoned },
  { point: 'lease.rung', role: 'worker', provider: 'ledger', provoke: ringsLost },
  { point: 'line.ended', role: 'worker', provider: 'ledger', provoke: closed },
]);
