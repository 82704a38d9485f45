import { PollPace } from '../../src/grants/poll-pace.js';

const NOW = 1_000_000;

/** Tells so many people who wait to be paid to come back, all in the same second. */
function crowd(pace: PollPace, size: number, second = NOW): number[] {
  return Array.from({ length: size }, (_, i) => pace.secondsFor('PENDING', second, i / size));
}

const worst = (seconds: readonly number[]): number => seconds.reduce((a, b) => Math.max(a, b), 0);

it('lets a few people look again soon, those who wait in line later, and those who were paid in an hour', () => {
  const pace = new PollPace();
  expect(pace.secondsFor('PENDING', NOW, 0)).toBe(1);
  expect(pace.secondsFor('PENDING', NOW, 0.999)).toBe(2);
  expect(pace.secondsFor('WAITING', NOW, 0)).toBe(5);
  expect(pace.secondsFor('WAITING', NOW, 0.999)).toBe(10);
  expect(pace.secondsFor('SUCCESS', NOW, 0)).toBe(3_600);
});

it('tells people to come later the more are to come, spread over many seconds, and soon again once they came', () => {
  const pace = new PollPace();
  const seconds = crowd(pace, 20_000);
  expect(seconds.at(-1)).toBeGreaterThan(20);
  const bySecond = new Map<number, number>();
  for (const wait of seconds) bySecond.set(wait, (bySecond.get(wait) ?? 0) + 1);
  // No wave: 20,000 people, and no second to which more than a tenth of them was told to come.
  expect(Math.max(...bySecond.values())).toBeLessThan(2_000);
  expect(pace.secondsFor('PENDING', NOW + worst(seconds), 0)).toBe(1);
});

it('never tells anybody to wait for more than two minutes because of load, and forgets across any pause', () => {
  const pace = new PollPace();
  expect(worst(crowd(pace, 500_000))).toBe(120);
  expect(pace.secondsFor('PENDING', NOW + 10_000_000, 0)).toBe(1);
  expect(worst(crowd(pace, 100, NOW + 10_000_000))).toBe(2);
});

it('does not count those who come back in an hour', () => {
  const pace = new PollPace();
  for (let i = 0; i < 10_000; i++) pace.secondsFor('SUCCESS', NOW);
  expect(pace.secondsFor('PENDING', NOW, 0)).toBe(1);
});
