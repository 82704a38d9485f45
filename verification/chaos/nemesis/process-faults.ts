import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../../tools/stack/servers/wait-until.js';
import type { Arena } from '../arena/arena.js';
import { longestMs } from './effect.js';
import { greet, type Speaks } from './silence.js';

/** A process that can be killed, restarted, suspended and resumed. */
interface Victim {
  readonly url: string;
  readonly speaks: Speaks;
  kill(): Promise<boolean>;
  start(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** The victim, once it answers: a process that is still starting can not fall silent, and uses none of its links. */
export async function standing(arena: Arena, target: string): Promise<Victim> {
  const victim = victimOf(arena, target);
  const answers = async (): Promise<boolean> => (await greet(victim.url, victim.speaks)) === 'answers';
  await waitUntil(`${target} answers`, answers, longestMs);
  return victim;
}

function victimOf(arena: Arena, target: string): Victim {
  if (target === 'redis' || target === 'postgres') {
    const server = arena[target];
    return {
      url: server.url,
      speaks: target,
      kill: () => server.kill().then(() => true),
      start: () => arena.startAgain(server),
      freeze: () => server.suspend(),
      thaw: () => server.resume(),
    };
  }
  if (target === 'bank') {
    const { bank, bankOdds } = arena;
    return {
      url: bank.url,
      speaks: 'http',
      kill: () => bank.kill().then(() => bank.hasEnded),
      start: async () => {
        await arena.startAgain({ start: () => bank.restart() });
        await bankOdds.apply();
      },
      freeze: async () => bank.suspend(),
      thaw: async () => bank.resume(),
    };
  }
  const unit = arena.unit(target);
  return {
    url: unit.url,
    speaks: 'http',
    kill: () => unit.end('SIGKILL'),
    start: () => unit.start(),
    freeze: async () => unit.freeze(),
    thaw: async () => unit.thaw(),
  };
}

/**
 * SIGKILL, then a start after a while.
 * @returns 1 if there was a process to kill
 */
export async function killAndRestart(arena: Arena, target: string, awayMs: number): Promise<number> {
  const victim = await standing(arena, target);
  const killed = await victim.kill();
  await sleep(awayMs);
  await victim.start();
  return Number(killed);
}

/**
 * SIGTERM, then a start once it has ended, as in a deploy.
 * @returns 1 if there was a process to end
 */
export async function endAndRestart(arena: Arena, target: string): Promise<number> {
  await standing(arena, target);
  const unit = arena.unit(target);
  const ended = await unit.end('SIGTERM');
  await unit.start();
  return Number(ended);
}

/**
 * SIGSTOP, then SIGCONT after a while.
 * @returns 1 if it was silent in between
 */
export async function freezeAndThaw(arena: Arena, target: string, durationMs: number): Promise<number> {
  const victim = await standing(arena, target);
  await victim.freeze();
  try {
    const [greeting] = await Promise.all([greet(victim.url, victim.speaks), sleep(durationMs)]);
    return Number(greeting === 'silent');
  } finally {
    await victim.thaw();
  }
}
