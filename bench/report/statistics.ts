import { type ContestantName, contestantNames } from '../contestants/contestant.js';
import type { FigureBook } from '../figures/figure-book.js';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** By figure, then by contestant. */
export type Spreads = Readonly<Record<string, Readonly<Partial<Record<ContestantName, Spread>>>>>;

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [below = NaN, above = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (below + above) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** The spread of each figure over the rounds. */
export function figuresOf(book: FigureBook): Spreads {
  return spreads(book, (figure, contestant) => [...book.valuesOf(figure, contestant).values()]);
}

/**
 * The spread of ours divided by theirs, computed per round, so that influences of the machine on both cancel out. A
 * round in which either was not measured, or theirs was 0, does not count.
 */
export function ratiosOf(book: FigureBook): Spreads {
  return spreads(book, (figure, contestant) => {
    if (contestant === 'ours') return [];
    const ours = book.valuesOf(figure, 'ours');
    return [...book.valuesOf(figure, contestant)].flatMap(([round, theirs]) => {
      const our = ours.get(round);
      return our === undefined || theirs === 0 ? [] : [our / theirs];
    });
  });
}

function spreads(
  book: FigureBook,
  valuesOf: (figure: string, contestant: ContestantName) => number[],
): Spreads {
  return Object.fromEntries(
    book.figures.flatMap((figure) => {
      const byContestant = contestantNames.flatMap((contestant) => {
        const values = valuesOf(figure, contestant);
        return values.length > 0 ? [[contestant, spreadOf(values)] as const] : [];
      });
      return byContestant.length > 0 ? [[figure, Object.fromEntries(byContestant)] as const] : [];
    }),
  );
}
