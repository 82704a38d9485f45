/** Of a list that a reader brought: the terms commit to it, to another one, or to none (or were not read). */
export type ListStanding = 'committed' | 'another' | 'none';

/** What a list of who may claim turned out to be. */
export interface ListVerdict {
  readonly campaign: string;
  readonly standing: ListStanding;
  /** How many people are on it. */
  readonly people: number;
}
