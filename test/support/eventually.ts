import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries until `expectation` stops throwing; throws what it threw last when `withinMs` are over.
 * @param withinMs generous: it bounds a hang, it is no promise of speed
 */
export async function eventually<T>(expectation: () => T | Promise<T>, withinMs = 15_000): Promise<T> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(25);
    }
  }
}
