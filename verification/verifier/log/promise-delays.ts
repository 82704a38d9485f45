/**
 * Within what time a promise had to be kept: what the log said when the promise was made. What is said afterwards
 * counts for no earlier promise, also if it claims to be older: a `log` leaf is as young as whatever is told before it.
 */
export class PromiseDelays {
  private readonly said: { readonly delayMs: number; readonly fromMs: number }[] = [];

  /**
   * @param delayMs of the next `log` leaf
   * @param fromMs the latest time that is known before it, its own among them, ms since 1970
   */
  add(delayMs: number, fromMs: number): void {
    this.said.push({ delayMs, fromMs });
  }

  /** @param createdAtMs of the claim; before all that the log said, the first counts. 0 without any */
  at(createdAtMs: number): number {
    const said = this.said.findLast(({ fromMs }) => fromMs <= createdAtMs) ?? this.said[0];
    return said?.delayMs ?? 0;
  }
}
