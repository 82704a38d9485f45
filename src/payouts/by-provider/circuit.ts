/**
 * A circuit breaker. It opens after `failuresToOpen` failures in a row and lets nothing through for `openMs`. Then it
 * lets one trial through: success closes the circuit, failure keeps it open for as long again. Its clock is monotonic:
 * a step of the machine's clock neither opens it nor keeps it open.
 */
export class Circuit {
  private failures = 0;
  /** By `performance.now()`; null while it is closed. */
  private openUntil: number | null = null;
  private isTrying = false;

  constructor(
    private readonly failuresToOpen: number,
    private readonly openMs: number,
    private readonly changed: (state: 'open' | 'closed') => void,
  ) {}

  /** Whether nothing would be let through now. */
  get isShut(): boolean {
    return this.isTrying || (this.openUntil !== null && performance.now() < this.openUntil);
  }

  /**
   * Runs `work`, unless the circuit is shut.
   * @param failed whether a result counts as a failure; an exception does not count as one
   * @returns null when `work` was not run
   */
  async through<T>(work: () => Promise<T>, failed: (result: T) => boolean): Promise<T | null> {
    if (this.isShut) return null;
    const tries = this.openUntil !== null;
    this.isTrying = tries;
    try {
      const result = await work();
      if (failed(result)) this.fail(tries);
      else this.succeed(tries);
      return result;
    } finally {
      if (tries) this.isTrying = false;
    }
  }

  private fail(tried: boolean): void {
    this.failures++;
    if (this.openUntil !== null ? !tried : this.failures < this.failuresToOpen) return;
    this.openUntil = performance.now() + this.openMs;
    this.changed('open');
  }

  /** The result of work that was under way when the circuit opened says nothing. */
  private succeed(tried: boolean): void {
    if (this.openUntil !== null && !tried) return;
    this.failures = 0;
    this.openUntil = null;
    if (tried) this.changed('closed');
  }
}
