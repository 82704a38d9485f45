import { DataSource } from 'typeorm';
import { Failpoints } from '../../src/platform/failpoints/failpoints.js';
import { parseSignerKey } from '../../src/transparency/formats/note-key.js';
import { CheckpointFile } from '../../src/transparency/log/checkpoint-file.js';
import { Checkpointer } from '../../src/transparency/log/checkpointer.js';
import { formatted, type LoggedLine } from '../../src/transparency/log/formatted-leaf.js';
import { LogWriter } from '../../src/transparency/log/log-writer.js';
import type { RunningApp, World } from './world.js';

/** Has the log know these campaigns, too, without a worker, which would change them. */
export async function publishLog(
  world: World,
  running: RunningApp,
  campaigns: readonly string[],
): Promise<void> {
  const known = await world.rows<{ id: string }>('SELECT campaign_id AS id FROM log_campaigns');
  const leaves = campaigns
    .filter((campaign) => !known.some(({ id }) => id === campaign))
    .map((campaign) => formatted({ kind: 'unproven', campaign, atMs: 1 }));
  await publishLines(world, running, leaves);
}

/** Has the log say these lines, whatever they are, without a worker. */
export async function publishLines(
  world: World,
  { app }: RunningApp,
  lines: readonly LoggedLine[],
): Promise<void> {
  const source = app.get(DataSource);
  const [log] = await world.rows<{ size: number }>('SELECT size::float8 AS size FROM log_state');
  const writer = await LogWriter.read(source, log?.size ?? 0);
  await source.transaction((transaction) => writer.appendWithin(transaction, lines));
  const store = new CheckpointFile(world.variables.TRANSPARENCY_CHECKPOINT_FILE ?? '');
  const signer = parseSignerKey(world.variables.TRANSPARENCY_KEY ?? '');
  const checkpointer = await Checkpointer.begin(source, store, signer, null, app.get(Failpoints));
  await checkpointer.publish(writer);
}
