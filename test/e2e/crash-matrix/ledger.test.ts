import { crashMatrix } from '../../support/crash-matrix/matrix.js';
import {
  claimsAbandoned,
  closed,
  created,
  gateLost,
  gateLostAtRest,
  gateLostMeanwhile,
  lastPlaceLost,
  left,
  pausedAndResumed,
  ringsLost,
  rush,
} from '../../support/crash-matrix/provocations.js';

// Where the ledger pays. In one file, because each file starts processes of its own.
crashMatrix([
  // The steps of an api for people who claim, and for an operator.
  { point: 'gate.decided', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'claim.committed', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'doorbell.rung', reach: 2, role: 'api', provider: 'ledger', provoke: rush },
  { point: 'sold-out.confirmed', role: 'api', provider: 'ledger', provoke: rush },
  { point: 'place.left', role: 'api', provider: 'ledger', provoke: left },
  { point: 'change.committed', role: 'api', provider: 'ledger', provoke: pausedAndResumed },
  { point: 'revision.taken', reach: 2, role: 'api', provider: 'ledger', provoke: pausedAndResumed },
  { point: 'campaign.created', role: 'api', provider: 'ledger', provoke: created },

  // The steps after Redis has lost everything, by the first instance that is asked, or by the reaper if nobody asks.
  { point: 'rebuild.epoch-raised', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.staged', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.noted', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.replaced', role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'gate.inspected', reach: 2, role: 'api', provider: 'ledger', provoke: gateLost },
  { point: 'rebuild.staged', role: 'worker', provider: 'ledger', provoke: gateLostAtRest },
  { point: 'gate.decided', reach: 2, role: 'api', provider: 'ledger', provoke: gateLostMeanwhile },
  { point: 'gate.decided', role: 'api', provider: 'ledger', provoke: lastPlaceLost },

  // The steps of a worker that pays from the ledger.
  { point: 'payout.concluded', reach: 2, role: 'worker', provider: 'ledger', provoke: rush },
  { point: 'gate.settled', reach: 2, role: 'worker', provider: 'ledger', provoke: rush },
  { point: 'gate.freed', role: 'worker', provider: 'ledger', provoke: rush },
  { point: 'promotion.committed', role: 'worker', provider: 'ledger', provoke: rush },

  // The steps of a worker that completes what others left undone.
  { point: 'lease.judged', role: 'worker', provider: 'ledger', provoke: claimsAbandoned },
  { point: 'recovery.committed', role: 'worker', provider: 'ledger', provoke: claimsAbandoned },
  { point: 'lease.rung', role: 'worker', provider: 'ledger', provoke: ringsLost },
  { point: 'line.ended', role: 'worker', provider: 'ledger', provoke: closed },
]);
