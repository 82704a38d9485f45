import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries until `expectation` stops throwing; after `withinMs` throws what it threw last.
 * @param withinMs generous: it bounds a hang and does not promise speed
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
