import { ANSWER, end } from './api.js';
import { PARTS } from './gate.js';
import { CHANCE, type Offer } from './step.js';
import { CLIENT, COPIED, type Fault, type Gate, type Keeper, RESTORED, type World } from './world.js';

/** The faults, each as often as the configuration allows. */
export function faults(world: World, offer: Offer): void {
  const { left } = world;
  const fault = (name: Fault, say: () => string, change: () => void): void => {
    if (left[name] === 0) return;
    offer(
      CHANCE,
      () => `FAULT: ${say()}`,
      () => {
        left[name]--;
        change();
      },
    );
  };
  machines(world, fault);
  redis(world, fault);
  database(world, fault);
}

type FaultOffer = (name: Fault, say: () => string, change: () => void) => void;

function machines({ apis, workers }: World, fault: FaultOffer): void {
  for (const api of apis) {
    const { request, memory } = api;
    const isAtWork = request.step !== 0 || memory.rebuild !== 0;
    if (isAtWork)
      fault(
        'crash',
        () => `an api dies${during(request.user)}`,
        () => api.bytes.fill(0),
      );
    if (request.step === 0) continue;
    // Redis, Postgres or the api executed the request, but its reply never arrives.
    fault(
      'lostReply',
      () => `a reply is lost${during(request.user)}, which ends the request`,
      () => end(api),
    );
    if (request.isOrphan) continue;
    fault(
      'lostReply',
      () => `user ${request.user} stops waiting, while the api continues`,
      () => {
        request.isOrphan = 1;
      },
    );
  }
  for (const worker of workers) {
    const { paying, reaping, memory } = worker;
    const isAtWork = paying.step !== 0 || reaping.step !== 0 || memory.rebuild !== 0;
    if (isAtWork)
      fault(
        'crash',
        () => 'a worker dies',
        () => worker.bytes.fill(0),
      );
    if (paying.step !== 0)
      fault(
        'lostReply',
        () => `a worker loses a reply${during(paying.user)}`,
        () => paying.clear(),
      );
    if (reaping.step !== 0)
      fault(
        'lostReply',
        () => `a reaper loses a reply${during(reaping.user)}`,
        () => reaping.clear(),
      );
  }
  for (const { memory } of [...apis, ...workers]) {
    if (memory.hasLock === 0) continue;
    fault(
      'lockLost',
      () => 'a rebuilder loses its lock, and continues',
      () => {
        memory.hasLock = 0;
      },
    );
  }
}

const during = (user: number): string => (user > 0 ? ` at the request of user ${user}` : '');

function redis(world: World, fault: FaultOffer): void {
  const { gate, older, redis: server } = world;
  const hasGate = gate.facts.epoch !== 0;
  if (hasGate) {
    fault(
      'emptied',
      () => 'Redis restarts empty',
      () => restart(world, null),
    );
    fault(
      'flushed',
      () => 'FLUSHALL',
      () => lose(world, null),
    );
  }
  if (server.isLoaded) {
    fault(
      'scriptsLost',
      () => 'SCRIPT FLUSH',
      () => {
        server.isLoaded = 0;
      },
    );
  }
  if (hasGate) losePart(world, fault);
  if (older === null) return;
  if (hasGate && server.hasSnapshot === 0) {
    fault(
      'restoredOld',
      () => 'a snapshot of Redis is taken, or a replica stops following',
      () => {
        older.bytes.set(gate.bytes);
        server.hasSnapshot = 1;
      },
    );
  } else if (server.hasSnapshot === 1) {
    fault(
      'restoredOld',
      () => 'Redis is restored from that snapshot, or that replica is promoted',
      () => {
        restart(world, older);
        older.bytes.fill(0);
        server.hasSnapshot = 2;
      },
    );
  }
}

/** One key of a gate is lost: deleted, evicted or truncated. Facts are the gate itself; `flushed` loses them. */
function losePart({ gate }: World, fault: FaultOffer): void {
  for (const [name, bit] of Object.entries(PARTS) as [keyof typeof PARTS, number][]) {
    if (!gate[name].some((mark) => mark !== 0)) continue;
    fault(
      'partLost',
      () => `the gate loses its ${name}`,
      () => {
        gate[name].fill(0);
        gate.marks.damaged |= bit;
      },
    );
  }
}

/** A copy of the database takes its place: a restored copy, or a promoted standby that was behind its primary. */
function database(world: World, fault: FaultOffer): void {
  const { copied } = world.postgres;
  if (world.olderRows === null) return;
  for (const name of ['setBack', 'promoted'] as const) {
    if (copied.state === 0)
      fault(
        name,
        () => (name === 'setBack' ? 'a copy of the database is made' : 'a standby stops following'),
        () => copyRows(world),
      );
    // A restored copy is older than a round that the gate has noted. A standby may be younger, but has another
    // identity.
    const isOldEnough = name === 'promoted' || world.shape.copyIsYoung || world.gate.marks.round > 0;
    if (copied.state === COPIED && isOldEnough)
      fault(
        name,
        () => (name === 'setBack' ? 'the database is set back to that copy' : 'the standby is promoted'),
        () => {
          restoreRows(world);
          if (name === 'promoted') world.postgres.marks.database = 1;
        },
      );
  }
}

function copyRows({ postgres, provider, olderRows }: World): void {
  if (olderRows === null) return;
  postgres.copied.state = COPIED;
  olderRows.campaign.epoch = postgres.campaign.epoch;
  olderRows.campaign.state = postgres.campaign.state;
  for (const name of ['grant', 'slot', 'arrivalNo', 'entry', 'attempted'] as const)
    olderRows[name].set(postgres[name]);
  if (olderRows.moved.length > 1) olderRows.moved.set(provider.moved);
}

/**
 * A user whose place is lost asks again: this loss is permitted, everything else must hold. Answers about to be sent
 * count as sent before. Connections break, and the identity of the database is checked on every connect.
 */
function restoreRows(world: World): void {
  const { postgres, provider, olderRows, clients, apis } = world;
  if (olderRows === null) return;
  const before = postgres.arrivalNo.slice();
  postgres.campaign.epoch = olderRows.campaign.epoch;
  postgres.campaign.state = olderRows.campaign.state;
  for (const name of ['grant', 'slot', 'arrivalNo', 'entry', 'attempted'] as const)
    postgres[name].set(olderRows[name]);
  if (olderRows.moved.length > 1) provider.moved.set(olderRows.moved);
  for (const bytes of [
    olderRows.grant,
    olderRows.slot,
    olderRows.arrivalNo,
    olderRows.entry,
    olderRows.attempted,
    olderRows.moved,
  ])
    bytes.fill(0);
  olderRows.campaign.clear();
  postgres.marks.round = 0;
  postgres.copied.state = RESTORED;
  postgres.copied.unnoticed = 1;
  for (let user = 1; user < before.length; user++) {
    if (before[user] === postgres.arrivalNo[user]) continue;
    const { told, answeredBefore } = clients;
    if (told[user] === CLIENT.hasPlace || told[user] === CLIENT.asksAgain) told[user] = CLIENT.asks;
    for (let other = 1; other < before.length; other++) answeredBefore[other]! &= ~(1 << user);
  }
  for (const api of apis) if (api.request.step === ANSWER) end(api);
  for (const { memory } of keepersOf(world)) memory.trusted = 0;
}

/** Another server, or the same one restarted: it has no scripts, and every instance reconnects. */
function restart(world: World, data: Gate | null): void {
  lose(world, data);
  world.redis.isLoaded = 0;
  world.gate.facts.sameServer = 0;
  for (const keeper of keepersOf(world)) {
    keeper.memory.sameServer = 0;
    keeper.memory.trusted = 0; // a gate is looked at again on every connect
  }
}

/** Staging copies are lost as well. */
function lose(world: World, data: Gate | null): void {
  if (data) world.gate.bytes.set(data.bytes);
  else world.gate.bytes.fill(0);
  for (const { memory } of keepersOf(world)) memory.isStaged = 0;
}

function keepersOf({ apis, workers }: World): readonly Keeper[] {
  return [...apis, ...workers];
}
