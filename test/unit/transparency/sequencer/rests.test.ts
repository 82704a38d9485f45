import { Rests } from '../../../../src/transparency/sequencer/rests.js';

it('doubles with each failure in a row up to the longest, and begins anew after a success', () => {
  let now = 0;
  const rests = new Rests({ first: 2, longest: 5 }, () => now);
  const lengthOfRest = (): number => {
    rests.begin('a');
    const beganAt = now;
    while (rests.has('a')) now += 1;
    return now - beganAt;
  };
  expect(rests.has('a')).toBe(false);
  expect([lengthOfRest(), lengthOfRest(), lengthOfRest(), lengthOfRest()]).toEqual([2, 4, 5, 5]);
  rests.end('a');
  expect(lengthOfRest()).toBe(2);
  expect(rests.has('b')).toBe(false);
});
