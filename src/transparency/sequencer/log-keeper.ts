import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { ChangeFeed } from '../../changes/change-feed.js';
import { Environment } from '../../platform/config/environment.js';
import { stampUrls } from '../../platform/config/stamp-urls.js';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { trySessionLock } from '../../platform/postgres/session-lock.js';
import type { SignerKey } from '../formats/note-key.js';
import { Checkpointer, LogSetBack } from '../log/checkpointer.js';
import { CheckpointStore } from '../log/checkpoint-store.js';
import { LogKeys } from '../log/log-keys.js';
import { LogReport } from '../log/log-report.js';
import { LOG_LOCK } from '../log/log-lock.js';
import { readLogState } from '../log/log-store.js';
import { LogWriter } from '../log/log-writer.js';
import { Stamper } from '../stamping/stamper.js';
import { beginLog } from './begin-log.js';
import { LogHealth } from './log-health.js';
import { KeptReplays } from './kept-replays.js';
import type { OpenCampaign } from './open-campaign.js';
import { Pace } from './pace.js';
import { readOpenCampaigns } from './read-campaigns.js';
import { READER, Sequencer } from './sequencer.js';
import { Witnesses } from './witnesses.js';

/**
 * Before the next try, and before a process looks again whether nobody writes the log. So soon, because the log stands
 * still meanwhile, and each look costs one statement (`trySessionLock`).
 */
const AGAIN_MS = 1_000;
/** A promise may take this long besides what the reaper needs to find a lost claim. */
const PROMISE_MS = 30_000;

/**
 * Writes the log, in the one process that holds the lock. The lock only avoids double work: the size in log_state,
 * which each append compares, and the checkpoint that is kept outside of Postgres protect. After any failure it begins
 * anew from what is committed; of campaigns it keeps what the log had a while before.
 */
@Injectable()
export class LogKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new EventLog(LogKeeper.name);
  private readonly stop = new AbortController();
  private running: Promise<void> | undefined;
  /** Of the last failure, so that one that lasts is reported once. */
  private lastCause: string | undefined;
  /** Null while another process writes. */
  private kept: KeptReplays | null = null;
  private readonly told: LogReport;

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly feed: ChangeFeed,
    private readonly keys: LogKeys,
    private readonly store: CheckpointStore,
    private readonly health: LogHealth,
    private readonly failpoints: Failpoints,
    private readonly environment: Environment,
    private readonly tracing: Tracing,
  ) {
    this.told = new LogReport(source);
  }

  onApplicationBootstrap(): void {
    if (this.keys.signer) this.running = this.run(this.keys.signer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(signer: SignerKey): Promise<void> {
    while (!this.isStopping) {
      try {
        const isOurs = await trySessionLock(this.source, LOG_LOCK, (lost) => this.write(signer, lost));
        if (!isOurs) this.kept = null; // whoever writes has the memory for it
      } catch (error) {
        if (error !== this.stop.signal.reason) this.report(error);
        if (error instanceof LogSetBack) await this.told.setBack().catch(() => undefined); // again in a second
      }
      this.health.end();
      await this.pause(AGAIN_MS);
    }
  }

  private report(error: unknown): void {
    const cause = String(error);
    const isNews = cause !== this.lastCause;
    if (isNews && error instanceof LogSetBack) this.log.write('log-set-back', { cause });
    else if (isNews) this.log.write('log-not-written', { cause });
    this.lastCause = cause;
  }

  private get isStopping(): boolean {
    return this.stop.signal.aborted;
  }

  private async pause(ms: number, signal = this.stop.signal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  /** @param lost fires when another process may write: one that does not know would work in vain, and look like two */
  private async write(signer: SignerKey, lost: AbortSignal): Promise<void> {
    const end = AbortSignal.any([this.stop.signal, lost]);
    const { witnesses, quorum } = this.keys;
    const cosigners = witnesses.length === 0 ? null : new Witnesses(this.source, witnesses, quorum);
    const checkpointer = await Checkpointer.begin(
      this.source,
      this.store,
      signer,
      cosigners,
      this.failpoints,
    );
    this.lastCause = undefined;
    const writer = await this.begin(end);
    const kept = (await this.kept?.isBeginningOf(this.source, writer.size)) ? this.kept : null;
    const campaigns = await readOpenCampaigns(this.source, writer.size, kept, end);
    this.kept = KeptReplays.of(writer, campaigns, kept);
    const sequencer = await this.sequencer(writer, campaigns);
    this.log.write('log-written', { size: writer.size });
    this.health.begin();
    const stampers = this.stampers();
    const pace = new Pace();
    try {
      while (!this.isStopping) {
        lost.throwIfAborted();
        const beganAt = performance.now();
        const upTo = pace.takesUpTo;
        const { hasMore, isWhole } = await this.tracing.run('log.round', {}, () => sequencer.round(upTo));
        this.kept = KeptReplays.of(writer, campaigns, this.kept);
        lost.throwIfAborted();
        if (checkpointer.isDue(writer.size, upTo < Infinity)) await checkpointer.publish(writer);
        if (isWhole && checkpointer.publishedSize === writer.size) this.health.noteWhole(beganAt);
        for (const stamper of stampers) stamper.look();
        await this.tellWritten();
        if (hasMore) continue;
        await this.pause(pace.begin(performance.now() - beganAt), end);
        pace.end();
      }
    } finally {
      await Promise.all(stampers.map((stamper) => stamper.end()));
    }
    await checkpointer.end();
  }

  private stampers(): readonly Stamper[] {
    const { TRANSPARENCY_STAMP_URLS, TRANSPARENCY_STAMP_INTERVAL_MS } = this.environment;
    const urls = TRANSPARENCY_STAMP_URLS === undefined ? [] : stampUrls(TRANSPARENCY_STAMP_URLS);
    return urls.map((url) => new Stamper(this.source, url, TRANSPARENCY_STAMP_INTERVAL_MS));
  }

  /** Fails alone: a row that nobody reads for decisions is no reason to read the whole log anew. */
  private async tellWritten(): Promise<void> {
    try {
      await this.told.written(this.health.wholeMsAgo);
    } catch (error) {
      this.log.write('log-not-told', { cause: String(error) });
    }
  }

  private async begin(end: AbortSignal): Promise<LogWriter> {
    const { size, logLeaf } = await readLogState(this.source.manager);
    const writer = await LogWriter.read(this.source, size);
    const promiseDelayMs =
      2 * this.environment.SLOT_LEASE_MS + this.environment.REAPER_INTERVAL_MS + PROMISE_MS;
    const receiptKey = this.keys.receiptVerifier ?? '';
    await beginLog(this.source, this.feed, writer, logLeaf, { receiptKey, promiseDelayMs }, end);
    return writer;
  }

  private async sequencer(writer: LogWriter, campaigns: Map<string, OpenCampaign>): Promise<Sequencer> {
    const { SLOT_LEASE_MS, REAPER_INTERVAL_MS } = this.environment;
    const position = await this.feed.positionOf(READER);
    const patienceMs = 2 * SLOT_LEASE_MS + REAPER_INTERVAL_MS;
    return new Sequencer(this.source, this.feed, writer, campaigns, position, patienceMs, this.failpoints);
  }
}
