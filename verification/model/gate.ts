import { CLAIM, type Gate, STATE, type World } from './world.js';

// The scripts of src/grants/slots/scripts/, one function each. A script is one atomic step.

export const NEW = 1;
export const KNOWN = 2;
export const FULL = 3;
export const CLOSED = 4;
export const STALE = 5;
export const PAUSED = 6;
export const DAMAGED = -1;

/** The keys of a gate that may be lost individually, as bits. Facts are the gate itself. */
export const PARTS = { available: 1, processing: 2, holder: 4, claim: 8, line: 16, lineLease: 32 } as const;

/** claim.lua, for one user. Returns the code; the rest of the answer is in the gate. */
export function claim(world: World, user: number, epoch: number): number {
  const { gate, shape, redis } = world;
  // NOSCRIPT on a claim is answered by a look, never by sending the text.
  if (!redis.isLoaded) return STALE;
  // R4: the epoch of the data itself is compared. The nonce tells two gates of one epoch apart; here an epoch names one
  // gate.
  if (world.obeys('R4') && gate.facts.epoch !== epoch) return STALE;
  if (isElsewhere(world)) return STALE;
  if (gate.marks.isDropped) return STALE;
  // R19: the counts of all touched keys are compared with their contents.
  const touched = PARTS.available | PARTS.line | PARTS.claim;
  if (world.obeys('R19') && gate.marks.damaged & touched) return DAMAGED;
  if (gate.claim[user] !== CLAIM.none) return KNOWN;
  if (gate.facts.state === STATE.closed) return CLOSED;
  if (gate.facts.state === STATE.paused) return PAUSED;

  const inLine = sum(gate.line);
  // R5: a claim never takes a free slot while anybody waits.
  const slot = inLine === 0 || !world.obeys('R5') ? takeFree(gate) : 0;
  if (slot === 0 && inLine >= shape.waiting) return FULL;
  gate.facts.arrivalNo++;
  gate.arrivalNo[user] = gate.facts.arrivalNo;
  if (slot > 0) hold(gate, slot, user);
  else {
    gate.claim[user] = CLAIM.waiting;
    gate.slot[user] = 0;
    gate.line[user] = 1;
    if (world.obeys('R10')) gate.lineLease[user] = 1;
  }
  return NEW;
}

/** settle.lua. */
export function settle(world: World, slot: number, user: number): void {
  const { gate } = world;
  if (gate.facts.epoch === 0) return;
  if (gate.claim[user] === CLAIM.none) return;
  if (world.obeys('R6') && gate.holder[slot] !== user) return;
  gate.processing[slot] = 0;
  gate.holder[slot] = 0;
  gate.claim[user] = CLAIM.settled;
}

/**
 * free.lua. User 0 frees a slot without a holder. A user who was paid for this slot gives it back.
 * @returns the user of the line who now holds the slot, or 0; DAMAGED if nothing was done
 */
export function free(world: World, slot: number, user: number): number {
  const { gate } = world;
  if (gate.facts.epoch === 0 || isElsewhere(world)) return 0;
  if (world.obeys('R19') && gate.marks.damaged) return DAMAGED;
  const cameBack = user > 0 && gate.claim[user] === CLAIM.settled && gate.slot[user] === slot;
  // R6: only if the named user holds it.
  const isTheirs = user === 0 ? !gate.holder[slot] && gate.processing[slot] : gate.holder[slot] === user;
  if (!cameBack && (world.obeys('R6') ? !isTheirs : !gate.processing[slot])) return 0;
  if (user > 0 && gate.claim[user] !== CLAIM.none) {
    // R7: FAILED users are remembered, too.
    gate.claim[user] = world.obeys('R7') ? CLAIM.failed : CLAIM.none;
  }
  const head = world.obeys('R5') ? headOfLine(world) : 0;
  if (head > 0) {
    gate.line[head] = 0;
    gate.lineLease[head] = 0;
    hold(gate, slot, head);
    return head;
  }
  gate.processing[slot] = 0;
  gate.holder[slot] = 0;
  if (!world.does('loses what it frees')) putBack(gate, slot);
  return 0;
}

/** end-line.lua. */
export function endLine(gate: Gate, user: number): void {
  gate.lineLease[user] = 0;
  if (!gate.line[user]) return;
  gate.line[user] = 0;
  gate.claim[user] = CLAIM.ended;
}

/** R11: whether the gate was built on another server than the one that has it now, or before that one restarted. */
function isElsewhere(world: World): boolean {
  return world.obeys('R11') && !world.gate.facts.sameServer;
}

/** Who holds a place at the gate: everybody it knows, as bits. */
export function known(gate: Gate): number {
  let users = 0;
  for (let user = 1; user < gate.claim.length; user++) if (gate.claim[user]) users |= 1 << user;
  return users;
}

export function hold(gate: Gate, slot: number, user: number): void {
  gate.claim[user] = CLAIM.processing;
  gate.slot[user] = slot;
  gate.holder[slot] = user;
  gate.processing[slot] = 1;
}

/** RPUSH: `available` holds free slots from index 1 on. */
export function add(gate: Gate, slot: number): void {
  for (let i = 1; i < gate.available.length; i++) {
    if (gate.available[i] !== 0) continue;
    gate.available[i] = slot;
    return;
  }
}

/** LPUSH. */
function putBack(gate: Gate, slot: number): void {
  gate.available.copyWithin(2, 1);
  gate.available[1] = slot;
}

function takeFree(gate: Gate): number {
  const slot = gate.available[1]!;
  gate.available.copyWithin(1, 2);
  gate.available[gate.available.length - 1] = 0;
  return slot;
}

/** Like ZPOPMIN: the lowest arrival number in the line. */
function headOfLine(world: World): number {
  const { gate } = world;
  let head = 0;
  for (let user = 1; user < gate.line.length; user++) {
    if (!gate.line[user]) continue;
    const isAhead = gate.arrivalNo[user]! < gate.arrivalNo[head]!;
    if (head === 0 || isAhead !== world.does('promotes the last')) head = user;
  }
  return head;
}

export function sum(marks: Uint8Array): number {
  let count = 0;
  for (const mark of marks) count += mark;
  return count;
}
