import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAudit } from '../../src/audit/run-audit.js';
import { publishedLine } from '../../src/transparency/log/formatted-leaf.js';
import { copyLog } from '../../src/transparency/publishing/copy-log.js';
import { logAt } from '../../src/transparency/publishing/http-log-source.js';
import type { Restored } from '../../src/transparency/restoring/restore-log.js';
import { restoreLogOfDatabase } from '../../src/transparency/restoring/restore-log-of-database.js';
import { Client } from './client.js';
import { eventually } from './eventually.js';
import { LogReader, logVariables } from './log-reader.js';
import { publishLines } from './published-log.js';
import { type RunningApp, World } from './world.js';

/** An api and a worker with a log, whose database can be set back. */
export class SetBackLog {
  readonly log: LogReader;
  private api: RunningApp | undefined;
  private worker: RunningApp | undefined;

  private constructor(readonly world: World) {
    this.log = new LogReader(world);
  }

  static async open(): Promise<SetBackLog> {
    const setBack = new SetBackLog(await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' }));
    await setBack.start();
    return setBack;
  }

  get client(): Client {
    if (!this.api) throw new Error('No api runs.');
    return new Client(this.api);
  }

  /** A 503 is safe to repeat. */
  async claim(campaignId: string, userId: number): Promise<void> {
    await eventually(async () =>
      expect((await this.client.claim(campaignId, userId)).status).toBeLessThan(300),
    );
  }

  async start(): Promise<void> {
    this.api = await this.world.start('api');
    this.worker = await this.world.start('worker');
    await this.log.begun();
  }

  /** Has the log say these lines as its last ones, without a worker. */
  async publish(lines: readonly string[]): Promise<void> {
    await this.worker?.close();
    if (!this.api) throw new Error('No api runs.');
    await publishLines(this.world, this.api, lines.map(publishedLine));
  }

  async stop(): Promise<void> {
    await Promise.all([this.api?.close(), this.worker?.close()]);
  }

  /**
   * What happens now is lost with the database, but for a copy of the log. Nothing runs afterwards.
   * @param broken what the verifier finds in the copy
   */
  async lose(happens: () => Promise<void>, broken: readonly string[] = []): Promise<string> {
    await this.stop();
    const { restore } = await this.world.backUp();
    await this.start();
    await happens();
    await this.log.published(broken);
    const copy = await this.copy();
    await this.stop();
    await restore();
    return copy;
  }

  /** @returns the folder of a copy of all that there is */
  async copy(): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'seonchak-log-copy-'));
    const source = logAt(new URL(`${this.api?.url}/v1/transparency/`));
    await eventually(async () => {
      const { size } = await copyLog(source, folder);
      expect(size).toBe((await this.log.leaves()).length);
    });
    return folder;
  }

  /** @param isMeant false: it is only tried */
  restore(copy: string, isMeant = true): Promise<Restored> {
    const { DATABASE_URL, TRANSPARENCY_CHECKPOINT_FILE, TRANSPARENCY_VERIFIER } = this.world.variables;
    return restoreLogOfDatabase({
      databaseUrl: DATABASE_URL ?? '',
      checkpointFile: TRANSPARENCY_CHECKPOINT_FILE ?? '',
      key: TRANSPARENCY_VERIFIER ?? '',
      ...{ copy, isMeant },
    });
  }

  /** What the audit of a campaign finds. */
  async brokenByAudit(campaignId: string): Promise<string[]> {
    const { DATABASE_URL = '', REDIS_URL = '' } = this.world.variables;
    const { checks } = await runAudit(
      { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 },
      campaignId,
    );
    return checks.flatMap(({ violations }) => violations);
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

/** What was taken back: campaign, first and last number, and whether its log ended. */
export function takenBack({ campaigns }: Restored): string[] {
  return campaigns.map(
    ({ campaignId, from, to, isStopped }) => `${campaignId} ${from} ${to}${isStopped ? ' stopped' : ''}`,
  );
}
