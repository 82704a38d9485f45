import { contestantNames } from '../contestants/contestant.js';
import type { Figure, Target } from '../figures/figure.js';
import { numberText, spreadText } from './number-text.js';
import type { Spreads } from './statistics.js';
import { judgeTargets } from './target-verdicts.js';

/** Aligns rows of cells: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * One line per figure, one column per contestant: the median, and in parentheses the minimum and maximum of the rounds.
 */
export function figureTable(figures: readonly Figure[], spreads: Spreads): string {
  const present = contestantNames.filter((name) => figures.some((figure) => spreads[figure.name]?.[name]));
  const rows = figures
    .filter((figure) => spreads[figure.name])
    .map(({ name, unit }) => [
      `${name}, ${unit}`,
      ...present.map((contestant) => {
        const spread = spreads[name]?.[contestant];
        return spread ? spreadText(spread) : '';
      }),
    ]);
  return table([['', ...present], ...rows]);
}

function wanted({ atLeast, atMost }: Target): string {
  return atLeast === undefined ? `<= ${numberText(atMost ?? NaN)}` : `>= ${numberText(atLeast)}`;
}

/** One line per ratio, with its target if it has one. */
export function ratioTable(
  figures: readonly Figure[],
  targets: readonly Target[],
  spreads: Spreads,
  ratios: Spreads,
): string {
  const verdicts = judgeTargets(targets, spreads, ratios);
  const toTarget = (figure: string, against: Target['against']): string[] => {
    const verdict = verdicts.find(({ target }) => target.figure === figure && target.against === against);
    if (!verdict) return ['', ''];
    return [wanted(verdict.target), verdict.isReached ? 'reached' : 'missed'];
  };
  const rows = figures.flatMap(({ name }) => [
    ...contestantNames.flatMap((contestant) => {
      const spread = ratios[name]?.[contestant];
      if (!spread) return [];
      return [[`${name}, ours / ${contestant}`, spreadText(spread), ...toTarget(name, contestant)]];
    }),
    ...verdicts
      .filter(({ target }) => target.figure === name && target.against === 'itself')
      .map(({ spread }) => [`${name}, ours`, spreadText(spread), ...toTarget(name, 'itself')]),
  ]);
  return table([['', 'median (least–most)', 'target', ''], ...rows]);
}
