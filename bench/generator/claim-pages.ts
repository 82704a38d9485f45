import { Pool } from 'undici';
import type { Credentials } from './credentials.js';
import type { Looks, PagesOrder } from './generator-messages.js';
import { summedUp } from './latencies.js';
import { pagePace } from './page-pace.js';

const patienceMs = 8_000;

/** What a page knows between two looks. */
interface Page {
  /** The page's cookie, and the ETag of the last answer. */
  readonly headers: Record<string, string>;
  /** How long it was last told to wait. */
  waitMs: number;
  failures: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Claim pages that people have left open: each has claimed, and looks at its claim when the service has told it to, as
 * the page's script does. They share connections, as those of browsers share a proxy's.
 */
export class ClaimPages {
  private readonly pool: Pool;
  private readonly pages: Page[] = [];
  private underWay = 0;
  private isOpen = false;
  private statuses: Record<number, number> = {};
  private silent = 0;
  private latencies: number[] = [];

  private constructor(private readonly order: PagesOrder) {
    const { origin, connections } = order;
    this.pool = new Pool(origin, { connections, headersTimeout: patienceMs, bodyTimeout: patienceMs });
  }

  /** Claims once for each page. They do not look yet. */
  static async claim(order: PagesOrder, credentials: Credentials): Promise<ClaimPages> {
    const pages = new ClaimPages(order);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < order.pages) await pages.add(credentials.headersOf(order.firstUser + next++, 'cookie'));
    };
    await Promise.all(Array.from({ length: order.connections }, lane));
    return pages;
  }

  /** Everybody sees their page: it looks at some time within its wait, as if it had been open all along. */
  show(): void {
    this.isOpen = true;
    for (const page of this.pages) this.lookAfter(page, Math.random() * page.waitMs);
  }

  /** Nobody sees a page. Ends once no look is under way. */
  async hide(): Promise<void> {
    this.isOpen = false;
    for (const { timer } of this.pages) clearTimeout(timer);
    while (this.underWay > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** What the claims, and the looks since the last call, were answered. */
  takeLooks(): Looks {
    const { statuses, silent, latencies } = this;
    [this.statuses, this.silent, this.latencies] = [{}, 0, []];
    return { statuses, silent, latencyMs: summedUp(latencies) };
  }

  private async add(headers: Readonly<Record<string, string>>): Promise<void> {
    const page: Page = { headers: { ...headers }, waitMs: 0, failures: 0, timer: undefined };
    this.pages.push(page);
    await this.ask(page, 'POST', this.order.path);
  }

  private lookAfter(page: Page, ms: number): void {
    page.timer = setTimeout(() => void this.look(page), ms);
  }

  private async look(page: Page): Promise<void> {
    this.underWay++;
    await this.ask(page, 'GET', `${this.order.path}/me`);
    this.underWay--;
    if (this.isOpen) this.lookAfter(page, page.waitMs);
  }

  private async ask(page: Page, method: 'GET' | 'POST', path: string): Promise<void> {
    const sentAt = performance.now();
    let retryAfterMs: number | null = null;
    try {
      const { statusCode, headers, body } = await this.pool.request({ method, path, headers: page.headers });
      await body.dump();
      this.latencies.push(performance.now() - sentAt);
      this.statuses[statusCode] = (this.statuses[statusCode] ?? 0) + 1;
      const { etag, 'retry-after': retryAfter } = headers;
      if (typeof retryAfter === 'string') retryAfterMs = Number(retryAfter) * 1_000;
      if (typeof etag === 'string') page.headers['if-none-match'] = etag;
      page.failures = statusCode < 400 ? 0 : page.failures + 1;
    } catch {
      this.silent++;
      page.failures++;
    }
    page.waitMs = pagePace(retryAfterMs, page.failures);
  }
}
