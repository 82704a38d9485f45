/** When the service has not said when to look again. */
const usualMs = 10_000;
const leastMs = 1_000;
const longestMs = 8_000;
const firstMs = 250;
/** A look that failed is repeated as a request that failed for the third time. */
const earlierFailures = 2;

/**
 * After which time the claim page looks at a claim again (web/claim/flow/claim-flow.ts), in ms.
 * @param retryAfterMs what the answer said; null if it said nothing, or there was none
 * @param failures looks that have failed in a row; 0 after one that was answered
 * @param chance in [0, 1)
 */
export function pagePace(retryAfterMs: number | null, failures: number, chance = Math.random()): number {
  if (failures === 0) return retryAfterMs ?? usualMs;
  const bound = Math.min(longestMs, firstMs * 2 ** (failures + earlierFailures));
  return Math.max(leastMs, retryAfterMs ?? 0, chance * bound);
}
