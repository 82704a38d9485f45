import { setTimeout as sleep } from 'node:timers/promises';

/** Other faults may keep everything from a victim for half a minute, the longer the busier the machine is. */
export const longestMs = 60_000;
const pollMs = 50;

/**
 * Lets a fault last for `durationMs`, and longer until it has had an effect.
 * @param effect measures the effect so far
 * @returns the effect at the end; 0 if there was none for a very long time
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
