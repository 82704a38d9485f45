import { MOST_VIOLATIONS } from '../../src/audit/audit-report.js';

/** What came out of looking at one statement; of many violations only the first are named. */
export class Findings {
  private readonly named: string[] = [];
  private count = 0;
  private looks = 0;
  private due = false;

  /** Counts things that were looked at: a statement about none is not held, it was not examined. */
  look(things = 1): void {
    this.looks += things;
  }

  /** Says that this run must have had such things, so that to find none of them proves that something is missing. */
  expectSome(expected: boolean): void {
    this.due ||= expected;
  }

  /** @param record the offending record, in words */
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
