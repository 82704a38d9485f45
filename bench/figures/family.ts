import type { Arena } from '../arena.js';
import type { BenchSettings } from '../bench-options.js';
import type { Figure, Target } from './figure.js';
import type { FigureBook } from './figure-book.js';

/** The tools and settings with which a family measures. */
export interface Measuring {
  readonly arena: Arena;
  readonly rounds: number;
  /**
   * On the clock of `performance.now()`: another round begins only if it will probably end by then. Infinity: no limit.
   */
  readonly endsBy: number;
  readonly settings: BenchSettings;
  /** The number of requests, for families that send many; of people, for the largest proof. */
  readonly requests: number;
  /** The number of people with an open claim page. */
  readonly pages: number;
  /** Whether a short measurement is enough. */
  readonly isQuick: boolean;
  readonly book: FigureBook;
  /** Caveats for the reader of the figures: wrong answers, a generator at its limit. Each is printed once. */
  readonly remarks: Set<string>;
  /** Text printed after the tables. */
  readonly appendix: string[];
  /** Pictures for the documentation by file name, written if the run qualifies. */
  readonly pictures: Map<string, string>;
  readonly say: (line: string) => void;
}

/** Figures that are measured together. */
export interface Family {
  /** Whether the contestants must run. Otherwise the family measures only the service and starts what it needs. */
  readonly needsContestants: boolean;
  readonly figures: readonly Figure[];
  readonly targets: readonly Target[];
  measure(measuring: Measuring): Promise<void>;
}
