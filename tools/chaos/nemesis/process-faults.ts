import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from '../arena/arena.js';
import { isSilent } from './silence.js';

/** Something that can be killed, started again, suspended and resumed. */
interface Victim {
  readonly url: string;
  readonly speaks: 'http' | 'redis' | 'postgres';
  kill(): Promise<boolean>;
  start(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
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
    const { bank, manners } = arena;
    return {
      url: bank.url,
      speaks: 'http',
      kill: () => bank.kill().then(() => bank.hasEnded),
      start: async () => {
        await arena.startAgain({ start: () => bank.restart() });
        await manners.apply();
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

/** SIGKILL, and a new start after a while. @returns 1 if there was something to kill */
export async function killAndRestart(arena: Arena, target: string, awayMs: number): Promise<number> {
  const victim = victimOf(arena, target);
  const killed = await victim.kill();
  await sleep(awayMs);
  await victim.start();
  return Number(killed);
}

/** SIGTERM, and a new start when it has ended, as in a deploy. @returns 1 if there was something to end */
export async function endAndRestart(arena: Arena, target: string): Promise<number> {
  const unit = arena.unit(target);
  const ended = await unit.end('SIGTERM');
  await unit.start();
  return Number(ended);
}

/** SIGSTOP, and SIGCONT after a while. @returns 1 if it said nothing meanwhile */
export async function freezeAndThaw(arena: Arena, target: string, durationMs: number): Promise<number> {
  const victim = victimOf(arena, target);
  await victim.freeze();
  try {
    const [silent] = await Promise.all([isSilent(victim.url, victim.speaks), sleep(durationMs)]);
    return Number(silent);
  } finally {
    await victim.thaw();
  }
}
