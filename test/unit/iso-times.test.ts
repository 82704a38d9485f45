import { IsoTimes } from '../../src/grants/iso-times.js';

it('writes each time as JSON has it, whichever came before', () => {
  const times = new IsoTimes();
  for (const ms of [0, 0, 5, 0, 1_795_807_356_685, 1_795_807_356_686]) {
    const date = new Date(ms);
    expect(JSON.stringify(times.of(date))).toBe(JSON.stringify(date));
  }
  expect(() => times.of(new Date(NaN))).toThrow(RangeError);
});
