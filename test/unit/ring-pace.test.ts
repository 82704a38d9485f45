import { RingPace } from '../../src/doorbell/ring-pace.js';

const QUIET_MS = 100;
const TURN_MS = 500;
const FEW = 20;

let rings: string[];
let pace: RingPace;

beforeEach(() => {
  jest.useFakeTimers();
  rings = [];
  pace = new RingPace((campaignId, isRush) => rings.push(isRush ? `${campaignId} in a rush` : campaignId));
});

afterEach(() => jest.useRealTimers());

const campaigns = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i + 1}`);

/** Somebody comes to each of these campaigns every 50 ms, so that it is never quiet. */
function rushFor(ms: number, ids: readonly string[]): void {
  for (let passed = 0; passed < ms; passed += 50) {
    for (const id of ids) pace.come(id);
    jest.advanceTimersByTime(50);
  }
}

function ringsDuring(work: () => void): string[] {
  const before = rings.length;
  work();
  return rings.slice(before);
}

it('rings at once for whoever comes when it is quiet', () => {
  pace.come('a');
  expect(rings).toEqual(['a']);
  jest.advanceTimersByTime(QUIET_MS);
  pace.come('a');
  expect(rings).toEqual(['a', 'a']);
});

it('rings once a turn for a campaign in a rush, and once more at its end', () => {
  rushFor(2 * TURN_MS + 50, ['a']);
  expect(rings).toEqual(['a', 'a in a rush', 'a in a rush']);
  expect(ringsDuring(() => jest.advanceTimersByTime(QUIET_MS))).toEqual(['a']);
  expect(ringsDuring(() => jest.advanceTimersByTime(10 * TURN_MS))).toEqual([]);
});

it('rings at once for a few campaigns only, and for a share of the others a turn, the longest waiting first', () => {
  const many = campaigns(FEW + 200);
  expect(ringsDuring(() => rushFor(TURN_MS - 50, many))).toEqual(many.slice(0, FEW));
  const rung = ringsDuring(() => rushFor(50, many));
  expect(rung).toEqual(many.slice(FEW, FEW + 44).map((id) => `${id} in a rush`)); // a fifth of all, which wait again
  const next = ringsDuring(() => rushFor(TURN_MS, many));
  expect(next[0]).toBe(`${many[FEW + 44]} in a rush`);
});

it('forgets nobody: at the end of the rush it rings for all who came since their last ring', () => {
  const many = campaigns(1_300);
  for (const id of many) pace.come(id);
  jest.advanceTimersByTime(10 * TURN_MS);
  expect(rings.toSorted()).toEqual(many.toSorted());
});

it('rings for all who wait when the process ends, and never again', () => {
  const many = campaigns(FEW + 5);
  for (const id of many) pace.come(id);
  pace.flush();
  expect(rings).toEqual(many);
  jest.advanceTimersByTime(10 * TURN_MS);
  expect(rings).toEqual(many);
});
