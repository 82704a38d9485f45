import { DataSource } from 'typeorm';
import { Failpoints } from '../../src/platform/failpoints/failpoints.js';
import { parseSignerKey } from '../../src/transparency/formats/note-key.js';
import { CheckpointFile } from '../../src/transparency/log/checkpoint-file.js';
import { Checkpointer } from '../../src/transparency/log/checkpointer.js';
import { formatted } from '../../src/transparency/log/formatted-leaf.js';
import { LogWriter } from '../../src/transparency/log/log-writer.js';
import type { RunningApp, World } from './world.js';

/** Has the log know these campaigns, too, without a worker, which would change them. */
export async function publishLog(
  world: World,
  { app }: RunningApp,
  campaigns: readonly string[],
): Promise<void> {
  const source = app.get(DataSource);
  const [log] = await world.rows<{ size: number }>('SELECT size::float8 AS size FROM log_state');
  const writer = await LogWriter.read(source, log?.size ?? 0);
  const known = await world.rows<{ id: string }>('SELECT campaign_id AS id FROM log_campaigns');
  const leaves = campaigns
    .filter((campaign) => !known.some(({ id }) => id === campaign))
    .map((campaign) => formatted({ kind: 'unproven', campaign, atMs: 1 }));
  await writer.append(leaves, () => Promise.resolve());
  const store = new CheckpointFile(world.variables.TRANSPARENCY_CHECKPOINT_FILE ?? '');
  const signer = parseSignerKey(world.variables.TRANSPARENCY_KEY ?? '');
  const checkpointer = await Checkpointer.begin(source, store, signer, null, app.get(Failpoints));
  await checkpointer.publish(writer);
}
