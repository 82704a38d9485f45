const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
// Under npm, Ctrl-C arrives twice, from the terminal and from npm: that is one request.
const sameRequestMs = 1_000;

/** Stop signals from the user: the first asks the tool to stop, a later one to stop at once. */
export class StopSignals {
  readonly requested: Promise<void>;
  readonly hastened: Promise<void>;
  private requestedAt: number | undefined;
  private request!: () => void;
  private haste!: () => void;

  constructor() {
    // A closed terminal or pipe must not end the tool before it has stopped the processes that it started.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
    this.requested = new Promise((resolve) => (this.request = resolve));
    this.hastened = new Promise((resolve) => (this.haste = resolve));
    for (const signal of signals) process.on(signal, () => this.onSignal());
  }

  get isRequested(): boolean {
    return this.requestedAt !== undefined;
  }

  private onSignal(): void {
    if (this.requestedAt === undefined) {
      this.requestedAt = Date.now();
      this.request();
    } else if (Date.now() - this.requestedAt > sameRequestMs) {
      this.haste();
    }
  }
}
