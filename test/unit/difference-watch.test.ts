import { DifferenceWatch } from '../../src/live/figures/difference-watch.js';

const WINDOW_MS = 60_000;

const slots = (available: number, processing = 0, waiting = 0) => ({
  ...{ available, processing, waiting },
  settled: 100 - available - processing,
});

it('a count that stays different is told after two leases, and no longer once it agrees', () => {
  const watch = new DifferenceWatch(WINDOW_MS);
  for (let at = 0; at < WINDOW_MS; at += 1_000) expect(watch.look(at, slots(5), slots(4))).toBe(false);
  expect(watch.look(WINDOW_MS, slots(5), slots(4))).toBe(true);
  expect(watch.differsSince(WINDOW_MS + 1)).toBe(WINDOW_MS);
  expect(watch.look(WINDOW_MS + 1_000, slots(4), slots(4))).toBe(false);
  expect(watch.differsSince(WINDOW_MS + 1_001)).toBeNull();
});

it('a side that is only late does not differ, however long people come', () => {
  const watch = new DifferenceWatch(WINDOW_MS);
  for (let second = 0; second < 300; second++) {
    const [gate, postgres] = [Math.max(100 - second, 0), Math.max(103 - second, 0)];
    expect(watch.look(second * 1_000, slots(Math.min(postgres, 100)), slots(gate))).toBe(false);
  }
});

it('a lost slot is told once it is quiet, also when only the line differs', () => {
  const watch = new DifferenceWatch(WINDOW_MS);
  let told = -1;
  for (let second = 0; second < 300 && told < 0; second++) {
    const gate = Math.max(100 - second, 0);
    if (watch.look(second * 1_000, slots(gate, 0, 7), slots(gate, 0, 6))) told = second;
  }
  expect(told).toBe(60);
});

it('says nothing of what nobody has looked at lately', () => {
  const watch = new DifferenceWatch(WINDOW_MS);
  watch.look(0, slots(5), slots(4));
  expect(watch.look(2 * WINDOW_MS, slots(5), slots(4))).toBe(false);
  expect(watch.look(3 * WINDOW_MS, slots(5), slots(4))).toBe(true);
  expect(watch.differsSince(5 * WINDOW_MS)).toBeNull();
});

it('keeps few readings of a long window', () => {
  const watch = new DifferenceWatch(86_400_000);
  for (let at = 0; at < 90_000_000; at += 10_000) watch.look(at, slots(5), slots(5));
  expect((watch as unknown as { readings: unknown[] }).readings.length).toBeLessThan(70);
});
