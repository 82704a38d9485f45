import * as gate from './gate.js';
import * as postgres from './postgres.js';
import { condemn, doubt } from './rebuild.js';
import { answerRing, endRing } from './doorbell.js';
import { CHANCE, type Offer, PROGRESS } from './step.js';
import { GRANT, type Task, type Worker, type World } from './world.js';

/** The steps of a task. The reaper's tasks use the last two as well. */
const SEND = 1;
const WAIT = 2;
const GOT = 3;
const LOOKED = 6;
export const TELL = 4;
export const RECORD = 5;

/** src/payouts/ and src/worker/: moves the money of PENDING grants, then tells the gate. */
export function workers(world: World, offer: Offer): void {
  for (const worker of world.workers) {
    const { paying } = worker;
    if (world.shape.rings && !worker.rung.isRung) answerRing(world, worker, offer);
    else if (paying.step === 0) take(world, worker, offer);
    else if (paying.step === LOOKED) payFromLedger(world, paying, paying.user, offer);
    else if (paying.step < TELL) talkToBank(world, paying, offer);
    else finish(world, worker, paying, offer);
  }
}

/**
 * Takes a payout that is due. Without modelled rings, a worker may take any due payout at any time, because a ring may
 * be lost, late or doubled. With rings, it takes the earliest arrival.
 */
function take(world: World, worker: Worker, offer: Offer): void {
  const { shape, postgres } = world;
  const due: number[] = [];
  for (let user = 1; user <= shape.users; user++) {
    if (postgres.grant[user] !== GRANT.pending && !world.does('pays twice')) continue;
    if (postgres.grant[user] !== GRANT.none) due.push(user);
  }
  if (shape.rings) {
    const isLocked = (user: number): boolean => world.workers.some(({ paying }) => paying.user === user);
    due.sort((a, b) => postgres.arrivalNo[a]! - postgres.arrivalNo[b]!);
    due.splice(0, due.length, ...due.filter((user) => !isLocked(user)).slice(0, 1));
    if (due.length === 0) endRing(world, worker, offer);
  }
  // After a broken connection a worker checks which database this is before it takes a payout, which may have been
  // paid already (R15, R16).
  const isUnsure = world.olderRows !== null && worker.memory.trusted === 0;
  if (isUnsure && !world.does('pays before it looks')) return;
  // R24: the statement that takes a payout reads the stop switch.
  if (postgres.marks.stopped) return;
  for (const user of due) {
    if (!world.obeys('R24') && shape.stops) lookAtSwitch(worker.paying, user, offer);
    else if (shape.provider === 'bank') startAtBank(world, worker.paying, user, offer);
    else payFromLedger(world, worker.paying, user, offer);
  }
}

function lookAtSwitch(task: Task, user: number, offer: Offer): void {
  offer(
    PROGRESS,
    () => `the worker reads that payouts are not stopped, before it pays user ${user}`,
    () => {
      task.step = LOOKED;
      task.user = user;
    },
  );
}

/** Models by-ledger/ledger-payouts.ts: one transaction moves the money and records the outcome. */
function payFromLedger(world: World, task: Task, user: number, offer: Offer): void {
  offer(
    PROGRESS,
    () => `the worker pays user ${user} from the ledger: SUCCESS`,
    () => {
      world.provider.moved[user]!++;
      if (world.postgres.marks.stopped)
        world.broken = `P9: user ${user} is paid after an operator stopped payouts`;
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

/**
 * docs/payout-provider.md: an attempt is recorded before it is made; a payout in doubt is looked up before it is sent
 * again.
 */
function startAtBank(world: World, task: Task, user: number, offer: Offer): void {
  const { postgres, provider } = world;
  const begin = (step: number, outcome = 0): void => {
    task.user = user;
    task.step = step;
    task.outcome = outcome;
  };
  // R22: a set-back database does not know what was attempted, so every payout is looked up first.
  if (!postgres.attempted[user] && !postgres.marks.knowsLoss) {
    offer(
      PROGRESS,
      () => `the worker records an attempt to pay user ${user}`,
      () => {
        postgres.attempted[user] = ATTEMPTED;
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
        `the worker looks up the payout of user ${user}: ${known === GRANT.success ? 'settled' : 'rejected'}`,
      () => begin(GOT, known),
    );
    return;
  }
  if (provider.memory[user] === 0) {
    offer(
      PROGRESS,
      () => `the worker looks up the payout of user ${user}: not found, to be sent again under its key`,
      () => {
        postgres.attempted[user] = world.shape.mayNotBeSent ? DOUBTED : ATTEMPTED;
        begin(SEND);
      },
    );
  }
  // R13: “not found” is not a rejection.
  if (!world.obeys('R13')) {
    offer(
      PROGRESS,
      () => `the worker looks up the payout of user ${user}: not found, treated as rejected`,
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
    if (world.shape.mayNotBeSent)
      offer(
        CHANCE,
        () => `the payout of user ${user} is certainly not sent`,
        () => {
          // R23: an earlier attempt may still be in flight.
          const { attempted } = world.postgres;
          if (attempted[user] === ATTEMPTED || !world.obeys('R23')) attempted[user] = 0;
          task.clear();
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
      () => `the answer on user ${user} does not arrive: in doubt`,
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

/** Of `attempted` per user: ATTEMPTED, the first attempt has no result; DOUBTED, one after an attempt in doubt. */
const ATTEMPTED = 1;
const DOUBTED = 2;

/** A third concurrent request under one key adds no new behaviour. */
const MOST_ON_THEIR_WAY = 2;

/** SUCCESS and FAILED are final: a second recorder finds the grant no longer PENDING, and tells the gate its status. */
function recordOutcome({ postgres }: World, task: Task, user: number, outcome: number): void {
  if (postgres.grant[user] === GRANT.pending) postgres.grant[user] = outcome;
  task.clear();
  if (postgres.grant[user] === GRANT.none) return; // lost with the set-back database
  task.user = user;
  task.slot = postgres.slot[user]!;
  task.outcome = postgres.grant[user]!;
  task.step = TELL;
}

/** src/grants/claims/gate-update.ts: tells the gate, and makes the promotion durable. Used by worker and reaper. */
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
        if (next === gate.DAMAGED) condemn(worker, world.gate.facts.epoch);
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
        // R10: now the place is known to be durable.
        else if (slot === 0) world.gate.lineLease[user] = 0;
        task.clear();
      },
    );
  }
}

/** Starts making a decision of the gate durable. */
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
