import { CLIENT, ENTRY, GRANT, STATE, type World } from './world.js';

// The statements of src/grants/claims/{claim.store,grants-together}.ts, src/reaper/line-end.ts and
// src/grants/slots/gate.store.ts. Each statement is its own transaction and one step.

export const FENCED = 'fenced';
export const DURABLE = 'durable';
export const COLLIDES = 'collides';

/**
 * RECORD, and reading an existing row.
 * @param slot 0 for a place in the line
 * @returns DURABLE if Postgres now holds this claim, from this call or an earlier one; COLLIDES if the place is
 *   another's
 */
export function record(
  world: World,
  epoch: number,
  user: number,
  slot: number,
  arrivalNo: number,
): typeof FENCED | typeof DURABLE | typeof COLLIDES {
  const { postgres } = world;
  if (world.obeys('R1') && postgres.campaign.epoch !== epoch) return FENCED;
  if (!postgres.grant[user]) {
    const isPlaceFree = !isTaken(world, user, arrivalNo) && (slot === 0 || !isLive(world, slot));
    const mayBeGranted =
      !postgres.entry[user] ||
      (postgres.arrivalNo[user] === arrivalNo &&
        (postgres.entry[user] !== ENTRY.ended || !world.obeys('R9')) &&
        (postgres.entry[user] !== ENTRY.left || !world.obeys('R25')));
    if (slot > 0 && isPlaceFree && mayBeGranted) {
      postgres.grant[user] = GRANT.pending;
      postgres.slot[user] = slot;
      take(world, user, arrivalNo);
      return DURABLE;
    }
    if (slot === 0 && isPlaceFree && !postgres.entry[user]) {
      postgres.entry[user] = ENTRY.waiting;
      take(world, user, arrivalNo);
      return DURABLE;
    }
  }
  return agrees(world, user, slot, arrivalNo) ? DURABLE : COLLIDES;
}

/** P3 is checked here, once: an arrival number never changes. */
function take(world: World, user: number, arrivalNo: number): void {
  const { postgres, clients } = world;
  postgres.arrivalNo[user] = arrivalNo;
  postgres.arrivalNo.forEach((earlier, other) => {
    if (clients.answeredBefore[user]! & (1 << other) && earlier > arrivalNo) {
      world.broken = `P3: user ${other} was answered before user ${user} asked, and is behind`;
    }
  });
  clients.answeredBefore[user] = 0;
}

/** `agree` of src/grants/claims/claim-recorder.ts. */
function agrees({ postgres }: World, user: number, slot: number, arrivalNo: number): boolean {
  if (postgres.arrivalNo[user] !== arrivalNo) return false;
  if (slot === 0) return true;
  return postgres.grant[user] ? postgres.slot[user] === slot : isOver(postgres.entry[user]!);
}

/** Whether another user has the arrival number, among grants or in the line. */
function isTaken({ postgres }: World, user: number, arrivalNo: number): boolean {
  return postgres.arrivalNo.some((taken, other) => other !== user && taken === arrivalNo);
}

/** Whether a grant that is not FAILED holds this slot. */
export function isLive({ postgres }: World, slot: number): boolean {
  return postgres.grant.some(
    (grant, user) => grant !== GRANT.none && grant !== GRANT.failed && postgres.slot[user] === slot,
  );
}

/** Whether a place in the line cannot become a grant any more. */
export function isOver(entry: number): boolean {
  return entry === ENTRY.ended || entry === ENTRY.left;
}

export function hasRow({ postgres }: World, user: number): boolean {
  return postgres.arrivalNo[user] !== 0;
}

/** R8: an entry waits only without a grant. */
export function waits(world: World, user: number): boolean {
  const { postgres } = world;
  return postgres.entry[user] === ENTRY.waiting && (!postgres.grant[user] || !world.obeys('R8'));
}

export function count({ postgres }: World, grant: number): number {
  let found = 0;
  for (let user = 1; user < postgres.grant.length; user++) if (postgres.grant[user] === grant) found++;
  return found;
}

/** How many arrivals after `from`, up to `to`, are durable. */
export function durablePlaces({ postgres }: World, from: number, to: number): number {
  let places = 0;
  for (const arrivalNo of postgres.arrivalNo) if (arrivalNo > from && arrivalNo <= to) places++;
  return places;
}

/**
 * END: once every slot is paid, the line may end (R9).
 * @returns whether there is anybody to tell
 */
export function mayEndLine(world: World): boolean {
  const { postgres, shape } = world;
  if (postgres.campaign.state !== STATE.closed || postgres.marks.finished) return false;
  if (world.obeys('R9') && count(world, GRANT.success) < shape.capacity) return false;
  return postgres.entry.some((_, user) => waits(world, user));
}

export function endLine(world: World): void {
  endFor(world, whoWaits(world));
}

/** Everybody in the line, as bits. Reports a violation if the line must not end yet. */
export function whoWaits(world: World): number {
  if (count(world, GRANT.success) < world.shape.capacity)
    world.broken = 'P8: the line is ended while a slot may still become free';
  let users = 0;
  world.postgres.entry.forEach((_, user) => {
    if (waits(world, user)) users |= 1 << user;
  });
  return users;
}

export function endFor(world: World, users: number): void {
  world.postgres.entry.forEach((_, user) => {
    if (users & (1 << user)) world.postgres.entry[user] = ENTRY.ended;
  });
}

/** Tells a user their place, which must be in Postgres and be theirs. */
export function tellPlace(world: World, user: number, arrivalNo: number, slot: number): void {
  const { clients, postgres } = world;
  if (postgres.arrivalNo[user] !== arrivalNo || (slot > 0 && postgres.slot[user] !== slot)) {
    world.broken = `P4: user ${user} is told a place that Postgres does not hold`;
  }
  clients.told[user] = CLIENT.hasPlace;
}
