import { LostSeconds } from '../../src/live/figures/lost-seconds.js';
import { recentRates } from '../../src/live/figures/recent-rates.js';
import { bucketOf, LATENCY_BUCKETS, quantile } from '../../src/platform/metrics/latency-buckets.js';
import { countsByKind, latenciesOf, RecentCounts, sumOf } from '../../src/platform/metrics/recent-counts.js';

describe('what a process counts', () => {
  it('is taken once, by campaign', () => {
    const recent = new RecentCounts();
    recent.claim('a', 'accepted', 3);
    recent.claim('a', null, 3);
    recent.claim('b', 'soldOut', 3);
    recent.paid('b', 12);
    const taken = recent.take();
    expect(countsByKind(taken.get('a')!)).toMatchObject({ accepted: 1, soldOut: 0, paid: 0 });
    expect(countsByKind(taken.get('b')!)).toMatchObject({ accepted: 0, soldOut: 1, paid: 12 });
    expect(latenciesOf(taken.get('a')!)[bucketOf(3)]).toBe(2);
    expect(recent.take().size).toBe(0);
  });

  it('has failures only of campaigns that are known to exist', () => {
    const recent = new RecentCounts();
    recent.unavailable('made-up');
    expect(recent.take().size).toBe(0);
    recent.claim('real', 'refused', 1);
    recent.take();
    recent.unavailable('real');
    expect(countsByKind(recent.take().get('real')!)).toMatchObject({ unavailable: 1 });
  });
});

describe('the time that claims take', () => {
  it('is known to a fifth, whatever it is', () => {
    for (const ms of [1, 1.3, 7, 40, 99, 730, 2_900]) {
      const counts = new Array<number>(LATENCY_BUCKETS).fill(0);
      counts[bucketOf(ms)] = 1_000;
      expect(Math.abs(quantile(counts, 0.5)! - ms) / ms).toBeLessThan(ms === 1 ? 0.51 : 0.2);
    }
    expect(bucketOf(0)).toBe(0);
    expect(bucketOf(1e9)).toBe(LATENCY_BUCKETS - 1);
    expect(quantile([], 0.5)).toBeNull();
  });

  it('has quantiles in order', () => {
    const counts = new Array<number>(LATENCY_BUCKETS).fill(0);
    for (let ms = 1; ms <= 1_000; ms++) counts[bucketOf(ms)]!++;
    expect(quantile(counts, 0.5)).toBeGreaterThan(420);
    expect(quantile(counts, 0.5)).toBeLessThan(580);
    expect(quantile(counts, 0.99)).toBeGreaterThan(900);
  });
});

it('rates are the mean of the last three whole seconds', () => {
  const counted = (accepted: number): number[] => sumOf([[accepted]]);
  const counts = new Map([
    [100, counted(1_000)], // not over yet
    [99, counted(30)],
    [97, counted(15)],
    [96, counted(500)],
  ]);
  const { rates, latencyMs } = recentRates({ current: 100, counts });
  expect(rates).toMatchObject({ accepted: 15, paid: 0 });
  expect(latencyMs).toBeNull();
});

describe('seconds that Redis has lost', () => {
  const reading = (current: number, ...seconds: readonly [second: number, accepted: number][]) => ({
    current,
    counts: new Map(seconds.map(([second, accepted]) => [second, sumOf([[accepted]])])),
  });

  it('are those that had counts and have fewer now, until they are not looked at any more', () => {
    const lost = new LostSeconds();
    expect(lost.look(reading(100, [98, 5], [99, 7], [100, 2]))).toBe(false);
    expect(lost.look(reading(101))).toBe(true);
    expect(lost.look(reading(102, [101, 1]))).toBe(true); // of which a part is missing
    expect(lost.look(reading(104, [101, 1], [103, 4]))).toBe(true);
    expect(lost.look(reading(105, [103, 4], [104, 4]))).toBe(false);
    expect(lost.look(reading(106, [103, 3], [104, 4]))).toBe(true);
  });

  it('are none that grow, that are over, or in which nobody came', () => {
    const lost = new LostSeconds();
    expect(lost.look(reading(100, [96, 1], [100, 2]))).toBe(false);
    expect(lost.look(reading(101, [100, 3]))).toBe(false); // Redis forgets 96
    expect(lost.look(reading(104))).toBe(false);
    expect(lost.look(reading(105))).toBe(false);
  });
});
