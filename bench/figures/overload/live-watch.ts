import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 1_000;
/** A slower answer would count as dead. */
const patienceMs = 1_000;

/** Checks once per second whether a service is live. */
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

  /**
   * Share of the checks between these two times (ms since the epoch) that were answered in time; NaN if there was none.
   */
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
