import { count } from './postgres.js';
import { CLIENT, ENTRY, GRANT, STATE, type World } from './world.js';

/**
 * P1 to P9 as invariants of every state. Answers are checked when they are given (api.ts), and the order of arrivals
 * when one is written (postgres.ts).
 */
export function brokenPromise(world: World): string | null {
  const { grant, slot, arrivalNo, entry } = world.postgres;
  const { moved } = world.provider;
  const { capacity, users } = world.shape;
  const { told } = world.clients;
  let live = 0;
  let paid = 0;
  let earliestWaiting = 0;
  for (let user = 1; user <= users; user++) {
    const status = grant[user]!;
    if (moved[user]! > 1) return `P2: user ${user} is paid ${moved[user]} times`;
    paid += moved[user]!;
    if (status === GRANT.failed && moved[user]! > 0)
      return `P7: the money of user ${user} moved, but their grant is FAILED`;
    if (status === GRANT.success && moved[user] === 0 && !world.postgres.reversed[user])
      return `P9: user ${user} is SUCCESS, but no money moved`;
    if (status === GRANT.pending || status === GRANT.success) live++;
    if (entry[user] === ENTRY.ended && status !== GRANT.none)
      return `P8: user ${user} is told that the campaign ended, but has a grant`;
    if (entry[user] === ENTRY.left && status !== GRANT.none)
      return `P8: user ${user} has left the line, but has a grant`;
    if (entry[user] === ENTRY.waiting && status === GRANT.none) {
      if (earliestWaiting === 0 || arrivalNo[user]! < arrivalNo[earliestWaiting]!) earliestWaiting = user;
    }
    if (told[user] === CLIENT.hasPlace && arrivalNo[user] === 0)
      return `P4: user ${user} was told a place, but has none`;
    if (arrivalNo[user] === 0) continue;
    for (let other = 1; other <= users; other++) {
      if (other < user && arrivalNo[other] === arrivalNo[user])
        return `P3: two users have the same arrival number`;
      if (other >= user || status === GRANT.none || status === GRANT.failed || slot[other] !== slot[user])
        continue;
      if (grant[other] === GRANT.pending || grant[other] === GRANT.success)
        return `P1: slot ${slot[user]} is given twice`;
    }
  }
  if (live > capacity) return `P1: ${live} grants are live`;
  if (paid > capacity) return `P1: ${paid} are paid`;
  if (live < capacity || earliestWaiting === 0) return null;
  // While a slot has no grant in Postgres, it may already be the earliest waiter's, not yet durable. Not so when all
  // are given.
  for (let user = 1; user <= users; user++) {
    const holds = grant[user] === GRANT.pending || grant[user] === GRANT.success;
    if (holds && arrivalNo[user]! > arrivalNo[earliestWaiting]!) {
      return `P3: user ${user} holds a slot, but user ${earliestWaiting}, who came before, waits`;
    }
  }
  return null;
}

/**
 * P6 and P8 as a state that must stay reachable: everybody who asked is answered, every grant has ended, people wait
 * only while all slots are paid, nobody waits once the campaign is closed, and a gate in use is at rest as well.
 */
export function isGoodRest(world: World): boolean {
  const { postgres, gate, clients, shape, apis, workers } = world;
  const paid = count(world, GRANT.success);
  for (let user = 1; user <= shape.users; user++) {
    if (clients.told[user] === CLIENT.asks || clients.told[user] === CLIENT.asksAgain) return false;
    if (postgres.grant[user] === GRANT.pending) return false;
    if (waits(world, user) && (postgres.campaign.state === STATE.closed || paid < shape.capacity))
      return false;
  }
  for (const { request, memory } of apis) if (request.step !== 0 || memory.rebuild !== 0) return false;
  for (const { paying, reaping, memory } of workers) {
    if (paying.step !== 0 || reaping.step !== 0 || memory.rebuild !== 0) return false;
  }
  // A gate of another epoch, or a missing one, is rebuilt at the next request. Until then nothing is owed.
  return gate.facts.epoch !== postgres.campaign.epoch || gate.facts.epoch === 0 || isGateAtRest(world, paid);
}

/** No lease is left, the line equals that of Postgres, and every slot is paid or free: none has leaked. */
function isGateAtRest(world: World, paid: number): boolean {
  const { gate, shape } = world;
  for (let user = 1; user <= shape.users; user++) {
    if (gate.lineLease[user] || (gate.line[user] === 1) !== waits(world, user)) return false;
  }
  let free = 0;
  for (const slot of gate.available) if (slot !== 0) free++;
  for (const slot of gate.processing) if (slot !== 0) return false;
  return free + paid === shape.capacity;
}

/**
 * Defined again here, independent of rules left out: a user waits who has an entry that has not ended, and no grant.
 */
function waits({ postgres }: World, user: number): boolean {
  return postgres.entry[user] === ENTRY.waiting && postgres.grant[user] === GRANT.none;
}
