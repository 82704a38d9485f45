import { parseArgs } from 'node:util';
import { archiveCampaign } from '../src/campaigns/archive/archive-campaign.js';
import { ArchiveError, type Manifest, verifyArchive } from '../src/campaigns/archive/archive-file.js';
import { runCommand, UsageError } from './command.js';
import { loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

const usage =
  'npm run archive -- --campaign ID --out FILE [--remove], or npm run archive -- --verify FILE (docs/retention.md)';

function print({ campaignId, rows, sha256 }: Manifest, path: string): void {
  console.log(`${path}: campaign ${campaignId}, complete. SHA-256 ${sha256}\n`);
  for (const [table, count] of Object.entries(rows)) console.log(`  ${table.padEnd(20)} ${count}`);
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      campaign: { type: 'string' },
      out: { type: 'string' },
      remove: { type: 'boolean', default: false },
      verify: { type: 'string' },
    },
  });
  const { campaign, out, remove, verify } = values;
  if (verify !== undefined && campaign === undefined && out === undefined && !remove) {
    print(await verifyArchive(verify), verify);
    return 0;
  }
  if (verify !== undefined || campaign === undefined || out === undefined) throw new UsageError(usage);
  loadDotEnv();
  const { databaseUrl } = await findRunningStack('databaseUrl');
  const archive = await archiveCampaign({
    ...{ databaseUrl, campaignId: campaign, path: out, remove },
    onBatch: (people) => console.error(`  ${people} people removed …`),
  });
  print(archive, out);
  if (remove) console.log('\nIts rows are removed from Postgres. Keep the file: it is the only copy.');
  return 0;
}

runCommand(async () => {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ArchiveError) throw new UsageError(error.message);
    throw error;
  }
});
