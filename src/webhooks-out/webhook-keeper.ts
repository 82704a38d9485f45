import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Agent } from 'undici';
import { ChangeFeed } from '../changes/change-feed.js';
import { addressRanges } from '../platform/config/address-ranges.js';
import { Environment } from '../platform/config/environment.js';
import { Failpoints } from '../platform/failpoints/failpoints.js';
import { EventLog } from '../platform/logging/event-log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { guardedAgent } from './delivery/guarded-agent.js';
import { ReachableAddresses } from './delivery/reachable-addresses.js';
import { Sender } from './delivery/sender.js';
import { deleteOldEvents } from './events/old-events.js';
import { Telling } from './events/telling.js';
import { Lead } from './lead.js';

/** Between two rounds in which nothing was left to do. */
const ROUND_MS = 250;
/** Before the next try, and before a process looks again whether nobody leads. */
const AGAIN_MS = 1_000;
const CLEAN_MS = 60_000;

/** Writes events and sends them, in the one process that leads. A failure has it begin anew from what is committed. */
@Injectable()
export class WebhookKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new EventLog(WebhookKeeper.name);
  private readonly stop = new AbortController();
  private readonly lead: Lead;
  private readonly agent: Agent;
  private running: Promise<void> | undefined;
  /** Of the last failure, so that one that lasts is reported once. */
  private lastCause: string | undefined;
  private cleanedAt = -Infinity;
  /** What is told next; a failed one is not used again. */
  private telling: Telling | undefined;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly feed: ChangeFeed,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
    private readonly tracing: Tracing,
    private readonly environment: Environment,
  ) {
    const { WEBHOOKS_ALLOWED_ADDRESSES: allowed, WEBHOOKS_TIMEOUT_MS } = environment;
    const addresses = new ReachableAddresses(allowed === undefined ? [] : addressRanges(allowed));
    this.agent = guardedAgent(addresses, WEBHOOKS_TIMEOUT_MS);
    this.lead = new Lead(source);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
    await this.agent.destroy();
  }

  private get isStopping(): boolean {
    return this.stop.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await this.tryTo(() => this.clean());
      await this.tryTo(() => this.work());
      await this.pause(AGAIN_MS);
    }
    await this.tryTo(() => this.lead.release());
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }

  private async tryTo(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const cause = String(error);
      if (cause !== this.lastCause && !this.isStopping) this.log.write('webhooks-interrupted', { cause });
      this.lastCause = cause;
    }
  }

  private async clean(): Promise<void> {
    if (performance.now() - this.cleanedAt < CLEAN_MS) return;
    this.cleanedAt = performance.now();
    await deleteOldEvents(this.source, this.environment.WEBHOOKS_KEPT_MS);
  }

  /** Returns when this process does not lead any more. What was told is sent while nothing new can be told, too. */
  private async work(): Promise<void> {
    if (!(await this.lead.hold())) return;
    const sender = this.sender();
    try {
      while (!this.isStopping && (await this.lead.hold())) {
        const hasMore = await this.tell();
        await sender.begin();
        await this.clean();
        if (!hasMore) await this.pause(ROUND_MS);
      }
    } finally {
      this.telling = undefined;
      await sender.end();
    }
  }

  /** @returns whether there is more to tell at once */
  private async tell(): Promise<boolean> {
    let hasMore = false;
    await this.tryTo(async () => {
      const telling = this.telling ?? (await Telling.begin(this.source, this.feed, this.lead.id));
      this.telling = undefined;
      hasMore = await telling.round();
      this.telling = telling;
      this.lastCause = undefined;
      this.failpoints.reach('webhooks.told');
    });
    return hasMore;
  }

  private sender(): Sender {
    const {
      WEBHOOKS_RETRY_MS: retryMs,
      WEBHOOKS_GIVE_UP_MS: giveUpMs,
      WEBHOOKS_TIMEOUT_MS: timeoutMs,
    } = this.environment;
    const terms = { retryMs, giveUpMs, timeoutMs };
    return new Sender(this.source, this.agent, this.metrics, this.failpoints, this.tracing, terms);
  }
}
