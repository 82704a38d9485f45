import { setTimeout as sleep } from 'node:timers/promises';

/** Other faults may keep everything from a victim for half a minute, the longer the busier the machine is. */
export const longestMs = 60_000;
const pollMs = 50;

/**
 * Lets a fault last for `durationMs`, and longer until it has had an effect.
 * @param effect measures the effect so far
 * @param patienceMs how much longer at most
 * @returns the effect at the end; 0 if there was none for so long
 */
export async function lastUntilEffect(
  durationMs: number,
  effect: () => number | Promise<number>,
  patienceMs = longestMs,
): Promise<number> {
  const begun = performance.now();
  await sleep(durationMs);
  for (;;) {
    const amount = await effect();
    if (amount > 0 || performance.now() - begun > durationMs + patienceMs) return amount;
    await sleep(pollMs);
  }
}
