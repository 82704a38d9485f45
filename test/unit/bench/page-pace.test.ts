import { pagePace } from '../../../bench/generator/page-pace.js';
import { retryDelay } from '../../../web/claim/flow/retry-delay.js';

const CHANCES = [0, 0.3, 0.999];

describe('the pace of a page', () => {
  it('is what the service asked for, or ten seconds', () => {
    expect(pagePace(3_000, 0)).toBe(3_000);
    expect(pagePace(null, 0)).toBe(10_000);
  });

  it('after failures is that of the claim page: its delay from the third failure on, and a second at least', () => {
    for (const chance of CHANCES)
      for (const failures of [1, 2, 3, 10])
        for (const asked of [null, 2_000])
          expect(pagePace(asked, failures, chance)).toBe(
            Math.max(1_000, retryDelay(failures + 2, asked, chance)),
          );
  });
});
