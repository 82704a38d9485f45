const mostOfOneKind = 20;

/** Collects violations of one statement. If there are many, only the first are listed. */
export class Violations {
  private readonly named: string[] = [];
  private count = 0;

  /** @param statement the promise and its checkable form */
  constructor(private readonly statement: string) {}

  add(what: string): void {
    if (++this.count <= mostOfOneKind) this.named.push(`${this.statement}: ${what}`);
  }

  toStrings(): string[] {
    const more = this.count - this.named.length;
    return more > 0 ? [...this.named, `${this.statement}: and ${more} more`] : this.named;
  }
}
