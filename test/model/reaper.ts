import * as gate from './gate.js';
import * as postgres from './postgres.js';
import { condemn, doubt, isSound } from './rebuild.js';
import { CHANCE, type Offer, PROGRESS } from './step.js';
import { CLAIM, ENTRY, GRANT, type Worker, type World } from './world.js';
import { finish, remember, TELL } from './worker.js';

/**
 * src/reaper/: what was left undone. Time is not modelled: a lease may run out at any moment, so the reaper may look at any
 * slot and any place that has one. That it does so without looking at the gate first gives it more ways to go wrong than it
 * has.
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

/** R3: every round looks at the gate anew, since with nobody asking nothing else would speak against it. */
function lookAtGate(world: World, worker: Worker, offer: Offer): void {
  if (worker.memory.trusted === 0 || isSound(world, worker)) return;
  if (world.does('the reaper looks once') && world.gate.facts.epoch !== 0) return;
  offer(
    PROGRESS,
    () => 'the reaper begins a round, and finds the gate bad',
    () => doubt(worker),
  );
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
    if (entry[user] === ENTRY.ended) return 'free';
    if (live) return 'distrust';
    return world.does('the reaper frees') ? 'free' : 'roll-forward';
  }
  // R8: the row's slot is compared with the lease's.
  if (world.obeys('R8') && slots[user] !== slot) return 'distrust';
  if (grant[user] === GRANT.success) return 'settle';
  return grant[user] === GRANT.failed ? 'free' : 'ring';
}

/** Decides, and begins. What is done about it is a step of its own, and may come late. */
function lookAtSlot(world: World, worker: Worker, slot: number, offer: Offer): void {
  const { holder, facts } = world.gate;
  const user = holder[slot]!;
  const task = worker.reaping;
  const decision = decide(world, slot);
  if (decision === 'ring') return; // a worker may start at any time anyway
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

/** R10: the place is rolled forward. */
function lookAtPlace(world: World, worker: Worker, user: number, offer: Offer): void {
  offer(
    PROGRESS,
    () => `the reaper looks at the place of user ${user} in the line`,
    () => remember(world, worker.reaping, user, 0),
  );
}

/** An operator closes the campaign; the gate is told, newcomers are turned away; the line ends when it may (R9). */
function closing(world: World, offer: Offer): void {
  if (!world.shape.closes) return;
  const { postgres: rows, gate: standing } = world;
  if (!rows.campaign.closed) {
    offer(
      CHANCE,
      () => 'an operator closes the campaign',
      () => {
        rows.campaign.closed = 1;
      },
    );
  }
  if (rows.campaign.closed && standing.facts.epoch !== 0 && !standing.facts.closed) {
    offer(
      PROGRESS,
      () => 'the gate is told that the campaign is closed',
      () => {
        standing.facts.closed = 1;
      },
    );
  }
  if (postgres.mayEndLine(world)) {
    offer(
      PROGRESS,
      () => 'the line is ended in Postgres',
      () => postgres.endLine(world),
    );
  }
  if (rows.entry.some((entry, user) => entry === ENTRY.ended && standing.line[user])) {
    offer(
      PROGRESS,
      () => 'the gate is told that the line has ended',
      () =>
        rows.entry.forEach((entry, user) => {
          if (entry === ENTRY.ended) gate.endLine(standing, user);
        }),
    );
  }
}
