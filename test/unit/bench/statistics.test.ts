import { FigureBook } from '../../../bench/figures/figure-book.js';
import { figuresOf, ratiosOf, spreadOf } from '../../../bench/report/statistics.js';

describe('the median', () => {
  it.each([
    [[7], 7],
    [[9, 1, 5], 5],
    [[10, 1, 2, 4], 3],
  ])('of %p is %d', (values, median) => {
    expect(spreadOf(values)).toEqual({ median, min: Math.min(...values), max: Math.max(...values) });
  });
});

describe('ratios', () => {
  it('are computed per round, so that a slow round counts no more than another', () => {
    const book = new FigureBook();
    // The machine slows down with every round; ours is twice as fast in all but one.
    for (const [round, theirs] of [
      [1, 1_000],
      [2, 500],
      [3, 100],
    ] as const) {
      book.write('accepts', 'framework', round, theirs);
      book.write('accepts', 'ours', round, round === 2 ? theirs * 4 : theirs * 2);
    }
    expect(ratiosOf(book)).toEqual({ accepts: { framework: { median: 2, min: 2, max: 4 } } });
    expect(figuresOf(book).accepts?.ours).toEqual({ median: 2_000, min: 200, max: 2_000 });
  });

  it('omit rounds in which only one of the two was measured, and figures without ours', () => {
    const book = new FigureBook();
    book.write('paid', 'seed', 1, 8);
    book.write('paid', 'seed', 2, 16);
    book.write('paid', 'ours', 2, 4);
    book.write('status', 'floor', 1, 10);
    expect(ratiosOf(book)).toEqual({ paid: { seed: { median: 0.25, min: 0.25, max: 0.25 } } });
    expect(figuresOf(book).status).toEqual({ floor: { median: 10, min: 10, max: 10 } });
  });

  it('are omitted if theirs is 0', () => {
    const book = new FigureBook();
    book.write('tail', 'seed', 1, 0);
    book.write('tail', 'ours', 1, 1);
    expect(ratiosOf(book)).toEqual({});
  });
});
