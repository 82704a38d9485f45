/** What the feed says of a change of the terms. Times in ms since 1970. */
export interface StateDetail {
  readonly revision: number;
  readonly state: string;
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  readonly waitingCapacity: number;
}
