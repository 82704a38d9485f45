import { randomBytes } from 'node:crypto';
import { SeenBefore } from '../../src/platform/identity/seen-before.js';

const signatures = (count: number): string[] =>
  Array.from({ length: count }, () => randomBytes(32).toString('base64url'));

describe('the doorkeeper of remembered tokens', () => {
  it('recognises most keys that come again, and hardly ever one that is new', () => {
    const seen = new SeenBefore(4_096);
    const crowd = signatures(200);
    expect(crowd.filter((signature) => seen.test(signature)).length).toBeLessThanOrEqual(2);
    // Two of them may share a place: then only the later one is known.
    expect(crowd.filter((signature) => seen.test(signature)).length).toBeGreaterThan(150);
  });

  it('forgets keys after thousands of others, and takes no more room for those', () => {
    const seen = new SeenBefore(64);
    const early = signatures(50);
    for (const signature of [...early, ...signatures(2_000)]) seen.test(signature);
    expect(early.filter((signature) => seen.test(signature))).toEqual([]);
  });
});
