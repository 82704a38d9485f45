import { setTimeout as sleep } from 'node:timers/promises';
import { Pace } from '../../../../src/transparency/sequencer/pace.js';

const someMs = 50;

/** Does nothing else meanwhile. */
function work(): void {
  const end = performance.now() + someMs;
  while (performance.now() < end);
}

describe('the pace of the log', () => {
  it('gives way once the process was busy during a pause, and counts from round to round', () => {
    const pace = new Pace();
    expect(pace.givesWay).toBe(false);
    pace.begin(0);
    work();
    pace.end();
    expect(pace.givesWay).toBe(true);
    expect(pace.begin(200)).toBeLessThan(pace.begin(0));
    expect(pace.begin(10_000)).toBeGreaterThan(0);
  });

  it('gives way no more once the process had nothing to do', async () => {
    const pace = new Pace();
    pace.begin(0);
    work();
    pace.end();
    pace.begin(0);
    await sleep(someMs);
    pace.end();
    expect(pace.givesWay).toBe(false);
  });

  it('gives way to a rush that lasts for five seconds alone', () => {
    const now = jest.spyOn(performance, 'now');
    const pace = new Pace();
    for (const [atMs, expected] of [
      [0, true],
      [4_999, true],
      [5_000, false],
      [9_000, false],
    ] as const) {
      pace.begin(0);
      now.mockRestore();
      work();
      jest.spyOn(performance, 'now').mockReturnValue(atMs);
      pace.end();
      expect(pace.givesWay).toBe(expected);
    }
    jest.restoreAllMocks();
  });
});
