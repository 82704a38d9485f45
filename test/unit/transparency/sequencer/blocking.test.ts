import { type Blocked, blockedBy, isForLong } from '../../../../src/transparency/sequencer/blocking.js';

const PATIENCE_MS = 1_000;
const REFUSED = { key: 'claim 7', sentence: 'The slot is not free.' };
/** All transactions are over, and each later look sees more of them. */
const seen = (end: bigint, isTruncated = false) => ({ horizon: end, end, isTruncated });

/** How a contradiction stands after looks at these times, by a clock that cannot be set. */
const lookedAt = (...times: readonly number[]): Blocked =>
  times.reduce<Blocked | null>(
    (before, nowMs, place) => blockedBy(REFUSED, before, seen(BigInt(place)), nowMs),
    null,
  ) as Blocked;

describe('A contradiction', () => {
  it('lasts from the first look after which the feed does not lag', () => {
    expect(isForLong(lookedAt(0, 5_000), 6_000, PATIENCE_MS)).toBe(false);
    expect(isForLong(lookedAt(0, 5_000), 6_001, PATIENCE_MS)).toBe(true);
    expect(isForLong(lookedAt(0, 5_000, 6_000, 7_000), 7_000, PATIENCE_MS)).toBe(true);
  });

  it('does not last while the feed may lag', () => {
    const first = blockedBy(REFUSED, null, { horizon: 3n, end: 9n, isTruncated: false }, 0);
    for (const moment of [{ horizon: 8n, end: 12n, isTruncated: false }, seen(9n, true)])
      expect(blockedBy(REFUSED, first, moment, 9_000).sinceMs).toBeNull();
    expect(blockedBy(REFUSED, first, seen(9n), 9_000).sinceMs).toBe(9_000);
  });

  it('begins anew when it is another one', () => {
    const other = blockedBy({ ...REFUSED, key: 'claim 8' }, lookedAt(0, 1), seen(5n), 9_000);
    expect(other).toMatchObject({ key: 'claim 8', until: 5n, sinceMs: null });
  });
});
