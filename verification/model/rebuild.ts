import * as gates from './gate.js';
import { isLive, isOver, waits } from './postgres.js';
import { type Offer, PROGRESS } from './step.js';
import { CLAIM, GRANT, type Keeper, type World } from './world.js';

/** The steps of a rebuild. */
const COMPUTE = 1;
const REPLACE = 2;
const RAISE = 3;
const REPLACE_REST = 4;
const DROP = 5;

/**
 * src/grants/slots/gate-keeper.ts and gate-rebuild.ts: each instance checks a gate before it uses it, and rebuilds a
 * bad one.
 */
export function keepers(world: World, offer: Offer): void {
  for (const keeper of world.apis) keep(world, keeper, offer);
  for (const keeper of world.workers) keep(world, keeper, offer);
}

/** The gate is suspect: this instance checks it before it uses it again. */
export function doubt({ memory }: Keeper): void {
  memory.trusted = 0;
}

/** The gate of this epoch contradicts Postgres: it is rebuilt before this instance uses it again. */
export function condemn({ memory }: Keeper, epoch: number): void {
  memory.trusted = 0;
  memory.condemned = epoch;
}

function keep(world: World, keeper: Keeper, offer: Offer): void {
  const { memory } = keeper;
  switch (memory.rebuild) {
    case COMPUTE:
      offer(
        PROGRESS,
        () =>
          memory.rebuild === 0
            ? 'the rebuilder finds no room to stage a gate'
            : 'the rebuilder reads Postgres, and stages the new gate',
        () => {
          if (!hasRoom(world)) {
            abandon(keeper);
            return;
          }
          stage(world, keeper);
          memory.rebuild = world.obeys('R2') ? REPLACE : RAISE;
        },
      );
      break;
    case DROP:
      offer(
        PROGRESS,
        () => `the rebuilder drops the present gate, if it is older than ${memory.epoch}`,
        () => {
          drop(world, keeper);
          memory.rebuild = COMPUTE;
        },
      );
      break;
    case RAISE:
      offer(
        PROGRESS,
        () => `the rebuilder raises the epoch to ${memory.epoch}`,
        () => {
          raiseEpoch(world, keeper);
          memory.rebuild = REPLACE;
        },
      );
      break;
    case REPLACE:
      offer(
        PROGRESS,
        () => {
          if (memory.rebuild === REPLACE_REST) return `half of the gate of epoch ${memory.epoch} is written`;
          return memory.trusted === 0
            ? 'the rebuilder replaces nothing'
            : `the gate of epoch ${memory.trusted} is in place`;
        },
        () => replace(world, keeper),
      );
      break;
    case REPLACE_REST:
      offer(
        PROGRESS,
        () => 'the other half of the gate is written',
        () => {
          writePeople(world, keeper);
          opened(world, keeper);
        },
      );
      break;
    default:
      if (memory.trusted === 0 && !world.postgres.marks.finished) look(world, keeper, offer);
  }
}

/**
 * Looks, and looks again under the lock (R3). Modelled as one look: whatever two looks see at two times, one sees at
 * one time as well.
 */
function look(world: World, keeper: Keeper, offer: Offer): void {
  const { memory } = keeper;
  if (isSound(world, keeper)) {
    offer(
      PROGRESS,
      () => `an instance finds the gate of epoch ${memory.trusted} sound`,
      () => {
        memory.trusted = world.gate.facts.epoch;
        world.redis.isLoaded = 1;
      },
    );
    return;
  }
  if (world.apis.some(hasLock) || world.workers.some(hasLock)) return;
  const raisesFirst = world.obeys('R2');
  offer(
    PROGRESS,
    () =>
      `an instance finds the gate bad, takes the lock` +
      (raisesFirst ? ` and raises the epoch to ${memory.epoch}` : ''),
    () => {
      memory.hasLock = 1;
      memory.sameServer = 1;
      // R22: records that payouts may be missing from now on.
      if (isSetBack(world) && world.obeys('R22')) world.postgres.marks.knowsLoss = 1;
      if (raisesFirst) raiseEpoch(world, keeper);
      memory.rebuild = world.shape.isTight && world.obeys('R20') ? DROP : COMPUTE;
    },
  );
}

const hasLock = ({ memory }: Keeper): boolean => memory.hasLock !== 0;

/** Whether the present gate is the one that matches Postgres and this server. */
export function isSound(world: World, { memory }: Keeper): boolean {
  const { facts } = world.gate;
  if (facts.epoch === 0 || facts.epoch === memory.condemned || world.gate.marks.isDropped) return false;
  if (isSetBack(world)) return false;
  if (world.obeys('R3') && facts.epoch !== world.postgres.campaign.epoch) return false;
  return facts.sameServer === 1 || !world.obeys('R11');
}

/** R15, R16: whether the gate belongs to another database, or to a later state of this one. */
function isSetBack(world: World): boolean {
  const { gate, postgres } = world;
  return (
    (gate.marks.database !== postgres.marks.database && world.obeys('R15')) ||
    (gate.marks.round > postgres.marks.round && world.obeys('R16'))
  );
}

/** If there is room for only one gate, the present one must be gone. */
function hasRoom({ shape, gate }: World): boolean {
  return !shape.isTight || gate.facts.epoch === 0 || gate.marks.isDropped === 1;
}

/** drop.lua, R20: drops only an older gate and keeps its epoch, which still blocks older gates. */
function drop({ gate }: World, { memory }: Keeper): void {
  const { epoch } = gate.facts;
  if (epoch === 0 || epoch >= memory.epoch) return;
  gate.bytes.fill(0);
  gate.facts.epoch = epoch;
  gate.marks.isDropped = 1;
}

function raiseEpoch({ postgres, gate }: World, { memory }: Keeper): void {
  postgres.copied.unnoticed = 0;
  postgres.campaign.epoch = Math.max(postgres.campaign.epoch, gate.facts.epoch) + 1;
  memory.epoch = postgres.campaign.epoch;
}

/** `stage()` of gate-rebuild.ts: computes the gate from Postgres. */
function stage(world: World, keeper: Keeper): void {
  const { postgres, shape } = world;
  keeper.claim.fill(CLAIM.none);
  keeper.slot.fill(0);
  const taken = new Set<number>();
  for (let slot = 1; slot <= shape.capacity; slot++) if (isLive(world, slot)) taken.add(slot);
  const line: number[] = [];
  for (let user = 1; user <= shape.users; user++) {
    const grant = postgres.grant[user]!;
    if (grant !== GRANT.none) {
      keeper.claim[user] =
        grant === GRANT.pending ? CLAIM.processing : grant === GRANT.success ? CLAIM.settled : CLAIM.failed;
      keeper.slot[user] = postgres.slot[user]!;
      // R7: FAILED too is remembered.
      if (grant === GRANT.failed && !world.obeys('R7')) keeper.claim[user] = CLAIM.none;
    }
    if (waits(world, user)) line.push(user);
    else if (grant === GRANT.none && isOver(postgres.entry[user]!)) keeper.claim[user] = CLAIM.ended;
  }
  line.sort((a, b) => postgres.arrivalNo[a]! - postgres.arrivalNo[b]!);
  for (const user of line) {
    keeper.claim[user] = CLAIM.waiting;
    keeper.slot[user] = 0;
    if (!world.obeys('R5')) continue;
    // R5: a slot that became free while no gate was there goes to the head of the line, before any claim.
    for (let slot = 1; slot <= shape.capacity; slot++) {
      if (taken.has(slot)) continue;
      taken.add(slot);
      keeper.claim[user] = CLAIM.processing;
      keeper.slot[user] = slot;
      break;
    }
  }
  // A FAILED user keeps the number: without R7 the gate forgets the user, not the number.
  keeper.memory.lastArrivalNo = Math.max(0, ...postgres.arrivalNo);
  keeper.memory.state = postgres.campaign.state;
  // The copy records the database that it was read from, and its round.
  keeper.memory.isStaged = 1 | (postgres.marks.round << 1) | (postgres.marks.database << 2);
}

/** replace.lua, and a claim by nobody that loads the script, before the gate is trusted (R4). */
function replace(world: World, keeper: Keeper): void {
  const { gate } = world;
  const { memory } = keeper;
  if (gate.facts.epoch >= memory.epoch || !memory.isStaged) {
    abandon(keeper);
    return;
  }
  gate.bytes.fill(0);
  gate.facts.epoch = memory.epoch;
  gate.facts.state = memory.state;
  gate.facts.sameServer = memory.sameServer;
  if (memory.isStaged & 2) gate.marks.round = 1;
  if (memory.isStaged & 4) gate.marks.database = 1;
  const held = new Set<number>();
  keeper.claim.forEach((claim, user) => {
    if (claim === CLAIM.processing || claim === CLAIM.settled) held.add(keeper.slot[user]!);
  });
  for (let slot = 1; slot <= world.shape.capacity; slot++) if (!held.has(slot)) gates.add(gate, slot);
  if (world.obeys('R4')) {
    writePeople(world, keeper);
    opened(world, keeper);
  } else {
    world.redis.isLoaded = 1;
    memory.rebuild = REPLACE_REST;
  }
}

function writePeople({ gate, postgres }: World, { memory, claim, slot }: Keeper): void {
  for (let user = 1; user < claim.length; user++) {
    if (claim[user] === CLAIM.none) continue;
    gate.arrivalNo[user] = postgres.arrivalNo[user]!;
    if (claim[user] === CLAIM.processing) gates.hold(gate, slot[user]!, user);
    gate.claim[user] = claim[user]!;
    gate.slot[user] = slot[user]!;
    if (claim[user] === CLAIM.waiting) gate.line[user] = 1;
  }
  gate.facts.arrivalNo = memory.lastArrivalNo;
  gate.facts.rebuiltUpTo = memory.lastArrivalNo;
}

function opened(world: World, keeper: Keeper): void {
  const { memory } = keeper;
  const { epoch } = memory;
  abandon(keeper);
  world.redis.isLoaded = 1;
  memory.trusted = epoch;
}

/** Ends the rebuild, completed or not. */
export function abandon({ memory, claim, slot }: Keeper): void {
  memory.rebuild = 0;
  memory.hasLock = 0;
  memory.epoch = 0;
  memory.sameServer = 0;
  memory.state = 0;
  memory.isStaged = 0;
  memory.lastArrivalNo = 0;
  claim.fill(0);
  slot.fill(0);
}
