/**
 * Writes times as JSON has them (ISO 8601, UTC, ms). Keeps the last one, since people who claim together have the same
 * times, and to write two takes longer than the rest of an answer.
 */
export class IsoTimes {
  private ms = NaN;
  private text = '';

  /** @throws RangeError for an invalid date */
  of(date: Date): string {
    const ms = date.getTime();
    if (ms !== this.ms) {
      this.text = date.toISOString();
      this.ms = ms;
    }
    return this.text;
  }
}
