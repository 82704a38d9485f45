/**
 * A period whose commits may be lost, because the database was set back: restored from a copy, or replaced by a standby
 * that was behind. In ms on the history's clock.
 */
export interface Loss {
  /** Everything committed before is present. */
  readonly from: number;
  /** The old database was gone. */
  readonly to: number;
  /** The service must have noticed the set-back by then. Until then it may rely on earlier confirmations. */
  readonly noticed: number;
}
