import { ServerClock } from '../../../web/claim/clock/server-clock.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** How far the server's clock is ahead of this one. */
const AHEAD_MS = 5_000_000;

/** A server far away: `upMs` until it has the request, `downMs` until its answer is here. */
function server(ways: readonly (readonly [upMs: number, downMs: number])[]): () => Promise<number | null> {
  let asked = 0;
  return async () => {
    const [upMs, downMs] = ways[Math.min(asked++, ways.length - 1)]!;
    await sleep(upMs);
    const time = Date.now() + AHEAD_MS;
    await sleep(downMs);
    return time;
  };
}

const error = (clock: ServerClock): number => Math.abs(clock.now() - (Date.now() + AHEAD_MS));

it('goes by the server, not by this device', async () => {
  const clock = new ServerClock(server([[20, 20]]));
  expect(clock.isSet).toBe(false);
  await clock.set();
  expect(clock.isSet).toBe(true);
  expect(error(clock)).toBeLessThan(20);
});

it('takes the best of five looks: one slow answer does not matter', async () => {
  const clock = new ServerClock(
    server([
      [5, 300],
      [5, 5],
    ]),
  );
  await clock.set();
  expect(error(clock)).toBeGreaterThan(100); // the first look alone
  await sleep(1_200);
  expect(error(clock)).toBeLessThan(30);
});

it('goes by this device as long as the server does not answer', async () => {
  const clock = new ServerClock(() => Promise.resolve(null));
  await clock.set();
  expect(clock.isSet).toBe(false);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(20);
});
