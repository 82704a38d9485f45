/**
 * A time in which what was committed may be lost by right, since the database was then set back: restored from a copy, or
 * replaced by a standby that was behind. Ms on the history's clock.
 */
export interface Loss {
  /** What was committed by then is there. */
  readonly from: number;
  /** The database that had it was gone. */
  readonly to: number;
  /** The service must have noticed by then: until then it may go by what it had confirmed before. */
  readonly noticed: number;
}
