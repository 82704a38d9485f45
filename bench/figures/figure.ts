import type { ContestantName } from '../contestants/contestant.js';

/** A quantity that is measured for each contestant once per round. */
export interface Figure {
  readonly name: string;
  /** The unit, for display. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/** The target of a figure. A missed target is reported but is not a failure, because machines differ. */
export interface Target {
  readonly figure: string;
  /** The contestant by whose figure ours is divided; 'itself' if our figure counts as it is. */
  readonly against: ContestantName | 'itself';
  readonly atLeast?: number;
  readonly atMost?: number;
}
