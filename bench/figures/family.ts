import type { Arena } from '../arena.js';
import type { BenchSettings } from '../bench-options.js';
import type { Figure, Target } from './figure.js';
import type { FigureBook } from './figure-book.js';

/** What a family measures with. */
export interface Measuring {
  readonly arena: Arena;
  readonly rounds: number;
  /** By `performance.now()`: a further round is begun only if it is likely to be over by then. Infinity for no such hurry. */
  readonly endsBy: number;
  readonly settings: BenchSettings;
  /** How many are sent where it is about many. */
  readonly requests: number;
  /** A short look is enough. */
  readonly isQuick: boolean;
  readonly book: FigureBook;
  /** What a reader of the figures must know: wrong answers, a generator at its limit. Told once each. */
  readonly remarks: Set<string>;
  /** What is told after the tables. */
  readonly appendix: string[];
  /** What is drawn for the documentation, by file name, when the run is one for it. */
  readonly pictures: Map<string, string>;
  readonly say: (line: string) => void;
}

/** Figures that are measured together. */
export interface Family {
  /** Whether the contestants have to run; else it is about the service alone, and starts what it needs. */
  readonly needsContestants: boolean;
  readonly figures: readonly Figure[];
  readonly targets: readonly Target[];
  measure(measuring: Measuring): Promise<void>;
}
