import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 1_000;
/** Who takes longer would be taken for dead. */
const patienceMs = 1_000;

/** Asks once a second whether a service is live. */
export class LiveWatch {
  private readonly answers: { readonly askedAt: number; readonly inTime: boolean }[] = [];
  private readonly ending = new AbortController();
  private readonly watching: Promise<void>;

  constructor(private readonly origin: string) {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.watching;
  }

  /** Share of those who were asked between these two moments, in ms since the epoch, and answered in time; NaN when none was asked. */
  shareBetween(from: number, to: number): number {
    const asked = this.answers.filter(({ askedAt }) => askedAt >= from && askedAt < to);
    return asked.filter(({ inTime }) => inTime).length / asked.length;
  }

  private async watch(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const askedAt = Date.now();
      this.answers.push({ askedAt, inTime: await this.isLive() });
      const rest = Math.max(0, askedAt + intervalMs - Date.now());
      await sleep(rest, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async isLive(): Promise<boolean> {
    try {
      const answer = await fetch(`${this.origin}/health/live`, { signal: AbortSignal.timeout(patienceMs) });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false;
    }
  }
}
