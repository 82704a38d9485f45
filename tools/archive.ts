import { archiveCampaign } from '../src/campaigns/archive/archive-campaign.js';
import { ArchiveError, type Manifest, verifyArchive } from '../src/campaigns/archive/archive-file.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { archiveCommand } from './options/archive-options.js';
import { loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

const usage =
  'Give --campaign ID and --out FILE, with --remove if you like, or --verify FILE alone. More: npm run archive -- --help';

function print({ campaignId, rows, sha256 }: Manifest, path: string): void {
  console.log(`${path}: campaign ${campaignId}, complete. SHA-256 ${sha256}\n`);
  for (const [table, count] of Object.entries(rows)) console.log(`  ${table.padEnd(20)} ${count}`);
}

async function run(args: string[]): Promise<number> {
  const { values } = readCommandLine(archiveCommand, args);
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

runCommand(archiveCommand, async (args) => {
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof ArchiveError) throw new UsageError(error.message);
    throw error;
  }
});
