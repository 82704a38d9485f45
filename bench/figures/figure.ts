import type { ContestantName } from '../contestants/contestant.js';

/** Something that is measured of each contestant, once a round. */
export interface Figure {
  readonly name: string;
  /** For people: what the number counts. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/** What a figure is meant to reach. A target that is missed is told, and is no failure: machines differ. */
export interface Target {
  readonly figure: string;
  /** Whose figure ours is divided by; 'itself' when the figure counts as it is. */
  readonly against: ContestantName | 'itself';
  readonly atLeast?: number;
  readonly atMost?: number;
}
