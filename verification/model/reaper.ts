import { ring } from './doorbell.js';
import * as gate from './gate.js';
import * as postgres from './postgres.js';
import { condemn, doubt, isSound } from './rebuild.js';
import { CHANCE, type Offer, PROGRESS } from './step.js';
import { CLAIM, COPIED, GRANT, STATE, type Worker, type World } from './world.js';
import { finish, remember, TELL } from './worker.js';

/**
 * src/reaper/: completes unfinished work. Time is not modelled: a lease may expire at any moment, so the reaper may
 * look at any slot and any place that has one. It does so without looking at the gate first, which allows more errors
 * than the real reaper can make.
 */
export function reapers(world: World, offer: Offer): void {
  for (const worker of world.workers) {
    if (worker.reaping.step !== 0) finish(world, worker, worker.reaping, offer);
    else {
      lookAtGate(world, worker, offer);
      for (let slot = 1; slot <= world.shape.capacity; slot++) {
        if (world.gate.processing[slot]) lookAtSlot(world, worker, slot, offer);
      }
      for (let user = 1; user <= world.shape.users; user++) {
        if (world.gate.lineLease[user]) lookAtPlace(world, worker, user, offer);
      }
    }
  }
  if (world.workers.length > 0) closing(world, offer);
}

/** R3: every look checks the gate again, because without requests nothing else would find a bad gate. */
function lookAtGate(world: World, worker: Worker, offer: Offer): void {
  if (worker.memory.trusted === 0) return;
  if (isSound(world, worker)) {
    lookForLosses(world, worker, offer);
    return;
  }
  if (world.does('the reaper looks once') && world.gate.facts.epoch !== 0) return;
  offer(
    PROGRESS,
    () => 'the reaper begins a look, and finds the gate bad',
    () => doubt(worker),
  );
}

/** R19: compares counts with contents. R18: compares the gate with Postgres. R16: compares the rounds. */
function lookForLosses(world: World, worker: Worker, offer: Offer): void {
  const { gate: standing, postgres: rows, shape } = world;
  const distrust = (why: string): void =>
    offer(
      PROGRESS,
      () => `the reaper finds the gate ${why}`,
      () => condemn(worker, standing.facts.epoch),
    );
  if (standing.marks.damaged && world.obeys('R19')) distrust('damaged');
  if (world.olderRows === null) return;
  if (world.obeys('R18') && standing.claim.some((_, user) => isAhead(world, user)))
    distrust('ahead of Postgres');
  if (shape.copyIsYoung) return;
  if (rows.copied.state === COPIED && rows.marks.round === 0)
    offer(
      PROGRESS,
      () => 'the reaper raises the round',
      () => (rows.marks.round = 1),
    );
  else if (rows.copied.state === COPIED && standing.marks.round === 0)
    offer(
      PROGRESS,
      () => 'the gate notes the round',
      () => (standing.marks.round = 1),
    );
}

/**
 * Whether the gate knows something about a user that Postgres does not, without a lease for what is still to be
 * written.
 */
function isAhead({ gate: standing, postgres: rows }: World, user: number): boolean {
  const { grant, entry, arrivalNo, reversed } = rows;
  switch (standing.claim[user]) {
    case CLAIM.settled:
      return grant[user] !== GRANT.success && !reversed[user];
    case CLAIM.failed:
      return grant[user] !== GRANT.failed;
    case CLAIM.ended:
      return !postgres.isOver(entry[user]!);
    case CLAIM.waiting:
      return !standing.lineLease[user] && arrivalNo[user] === 0;
    default:
      return false;
  }
}

type Decision = 'settle' | 'free' | 'ring' | 'roll-forward' | 'reclaim' | 'distrust';

/** lease-decision.ts: Postgres decides. */
function decide(world: World, slot: number): Decision {
  const { holder, claim } = world.gate;
  const { grant, slot: slots, entry } = world.postgres;
  const user = holder[slot]!;
  const live = postgres.isLive(world, slot);
  const hasClaim = user > 0 && claim[user] !== CLAIM.none;
  if (user > 0 && !hasClaim) return 'distrust';
  if (!hasClaim) return live ? 'distrust' : 'reclaim';
  if (grant[user] === GRANT.none) {
    if (postgres.isOver(entry[user]!)) return 'free';
    if (live) return 'distrust';
    return world.does('the reaper frees') ? 'free' : 'roll-forward';
  }
  // R8: the slot in the row is compared with the slot of the lease.
  if (world.obeys('R8') && slots[user] !== slot) return 'distrust';
  if (grant[user] === GRANT.success) return 'settle';
  return grant[user] === GRANT.failed ? 'free' : 'ring';
}

/** Decides and starts the task. The action is a separate step, which may come late. */
function lookAtSlot(world: World, worker: Worker, slot: number, offer: Offer): void {
  const { holder, facts } = world.gate;
  const user = holder[slot]!;
  const task = worker.reaping;
  const decision = decide(world, slot);
  if (decision === 'ring') {
    if (!world.shape.rings || world.doorbell.key) return; // without rings a worker may start at any time
    offer(
      PROGRESS,
      () => `the reaper rings for slot ${slot}`,
      () => ring(world),
    );
    return;
  }
  offer(
    PROGRESS,
    () => `the reaper looks at slot ${slot} of user ${user}: ${decision}`,
    () => {
      if (decision === 'distrust') condemn(worker, facts.epoch);
      else if (decision === 'roll-forward') remember(world, task, user, slot);
      else {
        task.step = TELL;
        task.user = user;
        task.slot = slot;
        task.outcome = decision === 'settle' ? GRANT.success : GRANT.failed;
      }
    },
  );
}

/** R10: rolls the place forward. */
function lookAtPlace(world: World, worker: Worker, user: number, offer: Offer): void {
  offer(
    PROGRESS,
    () => `the reaper looks at the place of user ${user} in the line`,
    () => remember(world, worker.reaping, user, 0),
  );
}

/** An operator closes the campaign, the gate is told and refuses newcomers, and the line ends when it may (R9). */
function closing(world: World, offer: Offer): void {
  const { postgres: rows } = world;
  tellGate(world, offer);
  if (!world.shape.closes) return;
  if (rows.campaign.state !== STATE.closed) {
    offer(
      CHANCE,
      () => 'an operator closes the campaign',
      () => {
        rows.campaign.state = STATE.closed;
      },
    );
  }
  if (rows.marks.ending) {
    offer(
      PROGRESS,
      () => 'the end of the line is committed',
      () => {
        postgres.endFor(world, rows.marks.ending);
        rows.marks.ending = 0;
      },
    );
  } else if (postgres.mayEndLine(world)) {
    // R26: claims and promotions are excluded between its read and its commit.
    const isOne = world.obeys('R26') || !world.shape.reverses;
    offer(
      PROGRESS,
      () => (isOne ? 'the line is ended in Postgres' : 'the line is read, to be ended'),
      () => {
        if (isOne) postgres.endLine(world);
        else rows.marks.ending = postgres.whoWaits(world);
      },
    );
  }
}

/** Tells the gate what Postgres knows about the campaign and its line. */
function tellGate({ shape, postgres: rows, gate: standing }: World, offer: Offer): void {
  const { state } = rows.campaign;
  if (standing.facts.epoch !== 0 && standing.facts.state !== state && !standing.marks.isDropped) {
    offer(
      PROGRESS,
      () =>
        `the gate is told that the campaign is ${state === STATE.closed ? 'closed' : 'paused or resumed'}`,
      () => {
        standing.facts.state = state;
      },
    );
  }
  if (!shape.closes && !shape.gives) return;
  if (rows.entry.some((entry, user) => postgres.isOver(entry) && standing.line[user])) {
    offer(
      PROGRESS,
      () => 'the gate is told that the line has ended',
      () =>
        rows.entry.forEach((entry, user) => {
          if (postgres.isOver(entry)) gate.endLine(standing, user);
        }),
    );
  }
}
