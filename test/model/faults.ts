import { end } from './api.js';
import { CHANCE, type Offer } from './step.js';
import type { Fault, Gate, Keeper, World } from './world.js';

/** What goes wrong, as often as the configuration allows. */
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
    // Redis, Postgres or the api did what it was asked, and the asker never hears of it.
    fault(
      'lostReply',
      () => `a reply is lost${during(request.user)}, which ends the request`,
      () => end(api),
    );
    if (request.isOrphan) continue;
    fault(
      'lostReply',
      () => `user ${request.user} waits no longer, while the api goes on`,
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
      () => 'a rebuilder loses its lock, and goes on',
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
  if (server.loaded !== 0) {
    fault(
      'scriptsLost',
      () => 'SCRIPT FLUSH',
      () => {
        server.loaded = 0;
      },
    );
  }
  if (older === null) return;
  if (hasGate && server.hasSnapshot === 0) {
    fault(
      'restoredOld',
      () => 'from here on, a snapshot of Redis, or a replica, is behind',
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

/** Another server, or the same one restarted: it has no scripts, and every instance connects anew. */
function restart(world: World, data: Gate | null): void {
  lose(world, data);
  world.redis.loaded = 0;
  world.gate.facts.sameServer = 0;
  for (const keeper of keepersOf(world)) {
    keeper.memory.sameServer = 0;
    // R11: who it is, is looked at on every connect.
    if (world.obeys('R11')) keeper.memory.trusted = 0;
  }
}

/** What was staged is gone as well. */
function lose(world: World, data: Gate | null): void {
  if (data) world.gate.bytes.set(data.bytes);
  else world.gate.bytes.fill(0);
  for (const { memory } of keepersOf(world)) memory.isStaged = 0;
}

function keepersOf({ apis, workers }: World): readonly Keeper[] {
  return [...apis, ...workers];
}
