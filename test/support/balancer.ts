import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AT_READINESS_MS = 100;

/** Sends clients to the instances that are ready, as load balancers do. */
export class Balancer {
  private readonly ready = new Set<string>();
  private turn = 0;
  private stopped = false;
  private readonly looks: Promise<void>[];

  constructor(private readonly urls: readonly string[]) {
    for (const url of urls) this.ready.add(url);
    this.looks = urls.map((url) => this.watch(url));
  }

  pick(): string {
    const [url = this.urls[0] ?? ''] = [...this.ready].slice(this.turn++ % Math.max(this.ready.size, 1));
    return url;
  }

  /** Called when nobody listened at this URL. */
  takeOut(url: string): void {
    this.ready.delete(url);
  }

  has(url: string): boolean {
    return this.ready.has(url);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.looks);
  }

  private async watch(url: string): Promise<void> {
    while (!this.stopped) {
      const status = await fetch(`${url}/health/ready`, { headers: { Connection: 'close' } }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) this.ready.add(url);
      else this.ready.delete(url);
      await sleep(LOOK_AT_READINESS_MS);
    }
  }
}
