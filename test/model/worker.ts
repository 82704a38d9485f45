import * as gate from './gate.js';
import * as postgres from './postgres.js';
import { condemn, doubt } from './rebuild.js';
import { type Offer, PROGRESS } from './step.js';
import { GRANT, type Task, type Worker, type World } from './world.js';

/** Where a task stands. The reaper's tasks go the last two ways as well. */
const SEND = 1;
const WAIT = 2;
const GOT = 3;
export const TELL = 4;
export const RECORD = 5;

/** src/payouts/ and src/worker/: moves the money of grants that are PENDING, then tells the gate. */
export function workers(world: World, offer: Offer): void {
  for (const worker of world.workers) {
    const { paying } = worker;
    if (paying.step === 0) {
      // The doorbell is not modelled: since a ring may be lost, late or doubled, a worker may start with anybody at any time.
      for (let user = 1; user <= world.shape.users; user++) {
        if (world.postgres.grant[user] !== GRANT.pending && !world.does('pays twice')) continue;
        if (world.postgres.grant[user] === GRANT.none) continue;
        if (world.shape.provider === 'bank') startAtBank(world, paying, user, offer);
        else payFromLedger(world, paying, user, offer);
      }
    } else if (paying.step < TELL) talkToBank(world, paying, offer);
    else finish(world, worker, paying, offer);
  }
}

/** payout.service.ts with ledger-payout.ts: money and outcome are one transaction. */
function payFromLedger(world: World, task: Task, user: number, offer: Offer): void {
  offer(
    PROGRESS,
    () => `the worker pays user ${user} from the ledger: SUCCESS`,
    () => {
      world.provider.moved[user]!++;
      recordOutcome(world, task, user, GRANT.success);
    },
  );
  if (!world.shape.rejecting?.includes(user)) return;
  offer(
    PROGRESS,
    () => `the wallet of user ${user} is closed: FAILED`,
    () => recordOutcome(world, task, user, GRANT.failed),
  );
}

/** docs/payout-provider.md: an attempt is recorded before it is made; what is in doubt is looked up before it is sent again. */
function startAtBank(world: World, task: Task, user: number, offer: Offer): void {
  const { postgres, provider } = world;
  const begin = (step: number, outcome = 0): void => {
    task.user = user;
    task.step = step;
    task.outcome = outcome;
  };
  if (!postgres.attempted[user]) {
    offer(
      PROGRESS,
      () => `the worker records an attempt to pay user ${user}`,
      () => {
        postgres.attempted[user] = 1;
        begin(SEND);
      },
    );
    return;
  }
  const known = provider.memory[user] === 2 ? 0 : provider.outcome[user]!;
  if (known !== 0) {
    offer(
      PROGRESS,
      () =>
        `the worker looks the payout of user ${user} up: ${known === GRANT.success ? 'settled' : 'rejected'}`,
      () => begin(GOT, known),
    );
    return;
  }
  if (provider.memory[user] === 0) {
    offer(
      PROGRESS,
      () => `the worker looks the payout of user ${user} up: not found, to be sent again under its key`,
      () => begin(SEND),
    );
  }
  // R13: “not found” is no rejection.
  if (!world.obeys('R13')) {
    offer(
      PROGRESS,
      () => `the worker looks the payout of user ${user} up: not found, taken for rejected`,
      () => begin(GOT, GRANT.failed),
    );
  }
}

function talkToBank(world: World, task: Task, offer: Offer): void {
  const { provider } = world;
  const { user } = task;
  if (task.step === SEND) {
    if (provider.onTheirWay[user]! >= MOST_ON_THEIR_WAY) return;
    offer(
      PROGRESS,
      () => `the worker sends the payout of user ${user}`,
      () => {
        provider.onTheirWay[user]!++;
        task.step = WAIT;
      },
    );
  } else if (task.step === WAIT) {
    const outcome = provider.outcome[user]!;
    if (outcome !== 0 && provider.memory[user] !== 2) {
      offer(
        PROGRESS,
        () =>
          `the worker gets the answer on user ${user}: ${outcome === GRANT.success ? 'settled' : 'rejected'}`,
        () => {
          task.outcome = outcome;
          task.step = GOT;
        },
      );
    }
    offer(
      PROGRESS,
      () => `the answer on user ${user} does not come: in doubt`,
      () => {
        if (world.does('a time-out is a rejection')) {
          task.outcome = GRANT.failed;
          task.step = GOT;
        } else task.clear();
      },
    );
  } else if (task.step === GOT) {
    const { outcome } = task;
    offer(
      PROGRESS,
      () => `the worker records that user ${user} is ${outcome === GRANT.success ? 'paid' : 'rejected'}`,
      () => recordOutcome(world, task, user, outcome),
    );
  }
}

/** A third request of one key adds nothing that two do not show. */
const MOST_ON_THEIR_WAY = 2;

/** SUCCESS and FAILED are final: whoever comes second finds the grant no longer PENDING, and tells the gate what it is. */
function recordOutcome({ postgres }: World, task: Task, user: number, outcome: number): void {
  if (postgres.grant[user] === GRANT.pending) postgres.grant[user] = outcome;
  task.clear();
  task.user = user;
  task.slot = postgres.slot[user]!;
  task.outcome = postgres.grant[user]!;
  task.step = TELL;
}

/** src/grants/settlement.ts: tells the gate, and makes durable who is next. The worker does, and so does the reaper. */
export function finish(world: World, worker: Worker, task: Task, offer: Offer): void {
  const { user, slot } = task;
  if (task.step === TELL && task.outcome === GRANT.success) {
    offer(
      PROGRESS,
      () => `the gate is told: slot ${slot} of user ${user} is paid`,
      () => {
        gate.settle(world, slot, user);
        task.clear();
      },
    );
  } else if (task.step === TELL) {
    let next = 0;
    offer(
      PROGRESS,
      () =>
        `the gate is told: slot ${slot} of user ${user} is free` +
        (next > 0 ? `, and gives it to user ${next}` : ''),
      () => {
        if (world.gate.facts.epoch === 0) doubt(worker);
        next = gate.free(world, slot, user);
        task.clear();
        if (next > 0) remember(world, task, next, slot);
      },
    );
  } else {
    const what = slot > 0 ? `slot ${slot}` : 'place in the line';
    let written: string = '';
    offer(
      PROGRESS,
      () => `the ${what} of user ${user} is rolled forward: ${written}`,
      () => {
        written = postgres.record(world, task.epoch, user, slot, task.arrivalNo);
        if (written === postgres.FENCED) doubt(worker);
        else if (written === postgres.COLLIDES) condemn(worker, task.epoch);
        // R10: the place is known to be durable now.
        else if (slot === 0) world.gate.lineLease[user] = 0;
        task.clear();
      },
    );
  }
}

/** A decision of the gate that is to be made durable. */
export function remember(
  { gate: { facts, arrivalNo } }: World,
  task: Task,
  user: number,
  slot: number,
): void {
  task.step = RECORD;
  task.user = user;
  task.slot = slot;
  task.arrivalNo = arrivalNo[user]!;
  task.epoch = facts.epoch;
}
