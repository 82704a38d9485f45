import { Circuit } from '../../src/payouts/by-provider/circuit.js';

const OPEN_MS = 1_000;

let states: string[];
let circuit: Circuit;

beforeEach(() => {
  jest.useFakeTimers();
  states = [];
  circuit = new Circuit(2, OPEN_MS, (state) => states.push(state));
});

afterEach(() => jest.useRealTimers());

const failing = (result: boolean): Promise<boolean | null> =>
  circuit.through(
    () => Promise.resolve(result),
    (failed) => failed,
  );

/** Opens the circuit by two failures. */
async function open(): Promise<void> {
  await failing(true);
  await failing(true);
}

it('opens after the given number of failures in a row, and closes when a trial call succeeds', async () => {
  await failing(true);
  await failing(false);
  await failing(true);
  expect(states).toEqual([]);
  await failing(true);
  expect(states).toEqual(['open']);
  expect(await failing(false)).toBeNull();

  jest.advanceTimersByTime(OPEN_MS);
  expect(await failing(true)).toBe(true);
  expect(await failing(false)).toBeNull();
  jest.advanceTimersByTime(OPEN_MS);
  expect(await failing(false)).toBe(false);
  expect(states).toEqual(['open', 'open', 'closed']);
  expect(await failing(false)).toBe(false);
});

it('lets only one trial call through at a time; if that throws, the next call is the trial', async () => {
  await open();
  jest.advanceTimersByTime(OPEN_MS);
  let fail = (_: Error): void => undefined;
  const trying = circuit.through(() => new Promise((_, reject) => (fail = reject)), Boolean);
  expect(circuit.isShut).toBe(true);
  expect(await failing(false)).toBeNull();
  fail(new Error('a surprise'));
  await expect(trying).rejects.toThrow('a surprise');
  expect(await failing(false)).toBe(false);
  expect(states).toEqual(['open', 'closed']);
});

it('ignores the results of calls that were in flight when it opened', async () => {
  const answers: ((failed: boolean) => void)[] = [];
  const underWay = [1, 2].map(() =>
    circuit.through(
      () => new Promise<boolean>((resolve) => answers.push(resolve)),
      (failed) => failed,
    ),
  );
  await open();
  answers[0]?.(false);
  answers[1]?.(true);
  await Promise.all(underWay);
  expect(states).toEqual(['open']);
  expect(circuit.isShut).toBe(true);
});

it('R27: does not stay open longer when the clock is set back', async () => {
  await open();
  jest.advanceTimersByTime(OPEN_MS);
  jest.setSystemTime(Date.now() - 3_600_000);
  expect(await failing(false)).toBe(false);
});
