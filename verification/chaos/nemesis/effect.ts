import { setTimeout as sleep } from 'node:timers/promises';

const longestMs = 20_000;
const pollMs = 50;

/**
 * Lets a fault last, until it has had an effect as well.
 * @param effect how much of it there is so far
 * @returns how much there was in the end; 0 when there was none for very long
 */
export async function lastUntilEffect(
  durationMs: number,
  effect: () => number | Promise<number>,
): Promise<number> {
  const begun = performance.now();
  await sleep(durationMs);
  for (;;) {
    const amount = await effect();
    if (amount > 0 || performance.now() - begun > durationMs + longestMs) return amount;
    await sleep(pollMs);
  }
}
