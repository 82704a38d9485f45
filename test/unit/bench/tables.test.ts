import type { Figure, Target } from '../../../bench/figures/figure.js';
import { numberText } from '../../../bench/report/number-text.js';
import { drawPicture } from '../../../bench/report/picture.js';
import { figureTable, ratioTable } from '../../../bench/report/tables.js';
import type { Spread } from '../../../bench/report/statistics.js';

const figures: Figure[] = [
  { name: 'accepts', unit: '/s', better: 'higher' },
  { name: 'paid', unit: 's', better: 'lower' },
  { name: 'tail', unit: 'x', better: 'lower' },
];
const targets: Target[] = [
  { figure: 'accepts', against: 'framework', atLeast: 1.3 },
  { figure: 'accepts', against: 'seed', atLeast: 5 },
  { figure: 'paid', against: 'seed', atMost: 1 / 8 },
  { figure: 'tail', against: 'itself', atMost: 0.5 },
  { figure: 'accepts', against: 'row-lock', atLeast: 5 },
];
const even = (median: number): Spread => ({ median, min: median, max: median });
const measured = {
  accepts: { ours: { median: 6_500, min: 6_000, max: 7_100 }, framework: even(5_000), seed: even(1_000) },
  paid: { ours: even(2), seed: even(30) },
  tail: { ours: even(0.5) },
};
const ratios = {
  accepts: { framework: { median: 1.29, min: 1.2, max: 1.42 }, seed: even(6.5) },
  paid: { seed: even(0.0667) },
};

const lineOf = (text: string, start: string): string =>
  text.split('\n').find((line) => line.startsWith(start)) ?? '';

describe('the table of figures', () => {
  const text = figureTable(figures, measured);

  it('has a column for each measured contestant, in the order of the contestants', () => {
    expect(text.split('\n')[0]?.trim().split(/ +/)).toEqual(['ours', 'framework', 'seed']);
  });

  it('shows median, minimum and maximum, and nothing if nothing was measured', () => {
    expect(lineOf(text, 'accepts')).toMatch(
      /^accepts, \/s +6,500 \(6,000–7,100\) +5,000 \(5,000–5,000\) +1,000/,
    );
    expect(lineOf(text, 'tail')).toMatch(/^tail, x +0.500 \(0.500–0.500\)$/);
  });
});

describe('the table of ratios', () => {
  const text = ratioTable(figures, targets, measured, ratios);

  it.each([
    ['accepts, ours / framework', '>= 1.30  missed'],
    ['accepts, ours / seed', '>= 5.00  reached'],
    ['paid, ours / seed', '<= 0.125  reached'],
    ['tail, ours', '<= 0.500  reached'],
  ])('judges %s by its median: %s', (start, end) => {
    expect(lineOf(text, start).replace(/ {2,}/g, '  ').endsWith(end)).toBe(true);
  });

  it('omits a contestant that did not take part', () => {
    expect(text).not.toContain('row-lock');
  });
});

it.each([
  [0, '0.00'],
  [0.0667, '0.067'],
  [1.294, '1.29'],
  [12.94, '12.9'],
  [129.4, '129'],
  [12_940.3, '12,940'],
  [NaN, '–'],
])('writes %d as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

it('draws a bar for each contestant of each figure, as long as its median', () => {
  const drawn = drawPicture(figures.slice(0, 1), measured, 'a caption');
  const lengths = [...drawn.matchAll(/<rect x="110" .*? width="([\d.]+)"/g)].map(([, length]) =>
    Number(length),
  );
  expect(lengths).toHaveLength(3);
  const [ours = 0, framework = 0, seed = 0] = lengths;
  expect(ours / framework).toBeCloseTo(1.3, 2);
  expect(framework / seed).toBeCloseTo(5, 1);
  expect(drawn).toContain('a caption');
});
