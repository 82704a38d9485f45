const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
// Ctrl-C under npm arrives twice, from the terminal and once more from npm: that is one request.
const sameRequestMs = 1_000;

/** The user's wish that the tool ends: a first signal asks for it, a later one for haste. */
export class StopSignals {
  readonly requested: Promise<void>;
  readonly hastened: Promise<void>;
  private requestedAt: number | undefined;
  private request!: () => void;
  private haste!: () => void;

  constructor() {
    // A closed terminal or pipe must not end the tool before it has stopped what it started.
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
