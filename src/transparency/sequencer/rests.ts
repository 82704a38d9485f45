/** Leaves out whoever failed for a while, twice as long each time in a row. */
export class Rests {
  private readonly resting = new Map<string, { readonly lengthMs: number; readonly untilMs: number }>();

  /** @param nowMs a clock that is never set, such as `performance.now` */
  constructor(
    private readonly length: { readonly first: number; readonly longest: number },
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  has(name: string): boolean {
    return this.nowMs() < (this.resting.get(name)?.untilMs ?? -Infinity);
  }

  begin(name: string): void {
    const before = this.resting.get(name)?.lengthMs ?? this.length.first / 2;
    const lengthMs = Math.min(2 * before, this.length.longest);
    this.resting.set(name, { lengthMs, untilMs: this.nowMs() + lengthMs });
  }

  end(name: string): void {
    this.resting.delete(name);
  }
}
