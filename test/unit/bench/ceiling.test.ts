import { ceilingText, claimsACoreSecond } from '../../../bench/figures/fleet/ceiling.js';

describe('the ceiling of a deployment', () => {
  it('is what the dearer of Redis and PostgreSQL can carry on one core', () => {
    expect(claimsACoreSecond(8)).toBe(125_000);
    const text = ceilingText({ proxy: 20, api: 100, worker: 40, postgres: 50, redis: 8 });
    expect(text).toContain('PostgreSQL is the limit, at 20,000 claims a second');
    // At 20,000 claims a second an api that needs 100 µs for each fills two cores.
    expect(text).toMatch(/^api +100\.0 µs +10,000 +2\.00$/m);
    expect(text).toMatch(/^Redis +8\.0 µs +125,000 +0\.16$/m);
    expect(ceilingText({ proxy: 20, api: 100, worker: 40, postgres: 50, redis: 100 })).toContain(
      'Redis is the limit, at 10,000 claims a second',
    );
  });
});
