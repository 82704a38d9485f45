import { epochOf } from '../../../../src/transparency/receipts/epoch-of.js';

describe('the epoch of an arrival number', () => {
  const epochs = [
    { epoch: 1, rebuiltUpTo: 0 },
    { epoch: 2, rebuiltUpTo: 10 },
    { epoch: 4, rebuiltUpTo: 10 },
    { epoch: 5, rebuiltUpTo: 30 },
  ];

  it.each([
    [1, 1],
    [10, 1],
    [11, 4],
    [30, 4],
    [31, 5],
  ])('of %i is %i', (arrivalNo, epoch) => expect(epochOf(epochs, arrivalNo)).toBe(epoch));

  it('is none when no gate on record is old enough', () => {
    expect(epochOf([{ epoch: 3, rebuiltUpTo: 7 }], 7)).toBeNull();
    expect(epochOf([], 1)).toBeNull();
  });
});
