import type { Figure } from '../../../bench/figures/figure.js';
import { regressions } from '../../../bench/report/recorded-ratios.js';

const figures: Figure[] = [
  { name: 'accepts', unit: '/s', better: 'higher' },
  { name: 'paid', unit: 's', better: 'lower' },
];
const settings = { connections: 128, seconds: 1, capacity: 2_000, repeaters: 0, badTokens: 0 };
const run = (accepts: number, paid: number) => ({
  settings,
  ratios: {
    accepts: { framework: { median: accepts, min: accepts * 0.9, max: accepts * 1.1 } },
    paid: { seed: { median: paid, min: paid * 0.9, max: paid * 1.1 } },
  },
});

describe('a ratio is reported as worse', () => {
  it.each([
    ['a lower rate', run(1.4, 0.1), ['accepts']],
    ['a longer time', run(2, 0.14), ['paid']],
    ['both', run(1, 1), ['accepts', 'paid']],
    ['less than a quarter', run(1.6, 0.13), []],
    ['better than ever', run(9, 0.001), []],
  ])('for %s', (_, now, worse) => {
    const told = regressions(figures, now, run(2, 0.1));
    expect(told.map((sentence) => sentence.split(',')[0])).toEqual(worse);
  });

  it('only if it is also outside the recorded spread', () => {
    const wide = run(2, 0.1);
    wide.ratios.accepts.framework.min = 1.2;
    expect(regressions(figures, run(1.4, 0.1), wide)).toEqual([]);
  });

  it('only if none of its rounds was as good as a recorded one', () => {
    const uneven = run(1.4, 0.1);
    uneven.ratios.accepts.framework.max = 1.9;
    expect(regressions(figures, uneven, run(2, 0.1))).toEqual([]);
  });

  it('not if the record has other settings or is missing, which is reported instead', () => {
    const other = { ...run(9, 0.001), settings: { ...settings, connections: 16 } };
    expect(regressions(figures, run(1, 1), other)).toEqual([expect.stringContaining('other settings')]);
    expect(regressions(figures, run(1, 1), undefined)).toEqual([expect.stringContaining('--record')]);
  });
});
