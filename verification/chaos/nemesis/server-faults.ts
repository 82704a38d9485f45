import type { Arena } from '../arena/arena.js';
import type { ServerFault } from '../plan/fault-kinds.js';
import type { PlannedFault } from '../plan/planned-fault.js';
import { restartPostgres, terminateBackends } from './postgres-faults.js';
import { endAndRestart, freezeAndThaw, killAndRestart } from './process-faults.js';
import {
  fillUp,
  flushAll,
  flushScripts,
  loseKey,
  pauseClients,
  restartEmpty,
  restoreOlder,
} from './redis-faults.js';
import { promoteBehind, restoreOlderDatabase, type SetBack } from './set-back-faults.js';
import { splitMasters } from './two-masters.js';

/** Injects a fault and undoes it. Resolves with the size of its effect; 0: it did not fire. */
type Inject = (arena: Arena, fault: PlannedFault) => Promise<number | SetBack>;

const kill: Inject = (arena, { target, durationMs }) => killAndRestart(arena, target, durationMs);
const term: Inject = (arena, { target }) => endAndRestart(arena, target);
const freeze: Inject = (arena, { target, durationMs }) => freezeAndThaw(arena, target, durationMs);

export const serverFaults: Readonly<Record<ServerFault, Inject>> = {
  'kill-api': kill,
  'kill-worker': kill,
  'kill-redis': kill,
  'kill-postgres': kill,
  'kill-bank': kill,
  'term-api': term,
  'term-worker': term,
  'freeze-api': freeze,
  'freeze-worker': freeze,
  'freeze-redis': freeze,
  'freeze-postgres': freeze,
  'freeze-bank': freeze,
  'redis-flushall': (arena) => flushAll(arena),
  'redis-empty': (arena, { durationMs }) => restartEmpty(arena, durationMs),
  'redis-older': (arena, { durationMs }) => restoreOlder(arena, durationMs),
  'redis-script-flush': (arena) => flushScripts(arena),
  'redis-pause': (arena, { durationMs }) => pauseClients(arena, durationMs),
  'redis-full': (arena, { durationMs }) => fillUp(arena, durationMs),
  'redis-full-long': (arena, { durationMs }) => fillUp(arena, durationMs),
  'redis-two-masters': (arena, { durationMs }) => splitMasters(arena, durationMs),
  'redis-key-lost': (arena, { part = 'facts' }) => loseKey(arena, part),
  'postgres-stall': freeze,
  'postgres-standby': (arena, { durationMs }) => promoteBehind(arena, durationMs),
  'postgres-restore': (arena, { durationMs }) => restoreOlderDatabase(arena, durationMs),
  'postgres-restart': (arena, { durationMs }) => restartPostgres(arena, durationMs),
  'postgres-terminate': (arena) => terminateBackends(arena),
};
