/** Buckets in an octave: a time is known to 19 % before `quantile` interpolates. */
const AN_OCTAVE = 4;

/** Up to 1 ms, and from there on to 3.4 s; the last bucket also has whatever took longer. */
export const LATENCY_BUCKETS = 48;

/** The bucket of a time. @param ms 0 or more */
export function bucketOf(ms: number): number {
  if (ms <= 1) return 0;
  return Math.min(Math.ceil(AN_OCTAVE * Math.log2(ms)), LATENCY_BUCKETS - 1);
}

/** The longest time of a bucket, in ms. */
function upperEnd(bucket: number): number {
  return 2 ** (bucket / AN_OCTAVE);
}

/**
 * The time that a share of all stayed below, in ms, as if those in a bucket were spread evenly.
 * @param counts how many there are in each bucket
 * @param share in (0, 1]
 * @returns null when there are none
 */
export function quantile(counts: readonly number[], share: number): number | null {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return null;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (below + count >= wanted) {
      const from = bucket === 0 ? 0 : upperEnd(bucket - 1);
      const ms = from + ((wanted - below) / count) * (upperEnd(bucket) - from);
      return Math.round(ms * 10) / 10;
    }
    below += count;
  }
  return null;
}
