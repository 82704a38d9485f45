import { MOST_VIOLATIONS } from '../../src/audit/audit-report.js';

/** The findings of one statement. If there are many violations, only the first are listed. */
export class Findings {
  private readonly named: string[] = [];
  private count = 0;
  private looks = 0;
  private due = false;

  /** Counts examined things. A statement that examined nothing does not hold: it is `not examined`. */
  look(things = 1): void {
    this.looks += things;
  }

  /** Declares that this run must contain such things, so that finding none proves that records are missing. */
  expectSome(expected: boolean): void {
    this.due ||= expected;
  }

  /** @param record a description of the offending record */
  violate(record: string): void {
    if (++this.count <= MOST_VIOLATIONS) this.named.push(record);
  }

  get examined(): number {
    return this.looks;
  }

  get isMissing(): boolean {
    return this.due && this.looks === 0;
  }

  get violations(): string[] {
    const more = this.count - this.named.length;
    return more > 0 ? [...this.named, `and ${more} more`] : this.named;
  }
}
