import { setTimeout as sleep } from 'node:timers/promises';
import { Pace } from '../../../../src/transparency/sequencer/pace.js';
import { eventually } from '../../../support/eventually.js';

const someMs = 50;

/** Does nothing else meanwhile. */
function work(): void {
  const end = performance.now() + someMs;
  while (performance.now() < end);
}

/** @returns a pace whose process was busy during a pause */
function inRush(): Pace {
  const pace = new Pace();
  pace.begin(0);
  work();
  pace.end();
  return pace;
}

describe('the pace of the log', () => {
  afterEach(() => jest.restoreAllMocks());

  it('leaves what is new once the process was busy during a pause, and counts from round to round', () => {
    expect(new Pace().takesUpTo).toBe(Infinity);
    const pace = inRush();
    expect(pace.takesUpTo).toBeLessThan(performance.now());
    expect(pace.begin(200)).toBeLessThan(pace.begin(0));
    expect(pace.begin(10_000)).toBeGreaterThan(0);
  });

  it('takes all once the process had nothing to do', async () => {
    const pace = inRush();
    await eventually(async () => {
      pace.begin(0);
      await sleep(someMs); // on a busy machine, the rest of the loop may take as long
      pace.end();
      expect(pace.takesUpTo).toBe(Infinity);
    });
  });

  it('takes more and more of a rush that lasts, and all of it after seven seconds', () => {
    const pace = new Pace();
    pace.begin(0);
    work();
    const began = performance.now();
    const now = jest.spyOn(performance, 'now').mockReturnValue(began);
    pace.end();
    const delayAfter = (ms: number): number => {
      now.mockReturnValue(began + ms);
      return Math.round(began + ms - pace.takesUpTo);
    };
    const delays = [0, 6_000, 6_500, 6_800].map(delayAfter);
    expect(delays[0]).toBe(delays[1]);
    expect(delays).toEqual(delays.toSorted((a, b) => b - a));
    expect(new Set(delays).size).toBe(3);
    expect(Math.min(...delays)).toBeGreaterThan(0);
    expect(delayAfter(7_000)).toBe(-Infinity);
  });
});
