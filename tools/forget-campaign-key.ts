import { forgetCampaignKey } from '../src/transparency/log/forget-campaign-key.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { forgetCampaignKeyCommand } from './options/forget-campaign-key-options.js';
import { loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

runCommand(forgetCampaignKeyCommand, async (args) => {
  const [campaignId = ''] = readCommandLine(forgetCampaignKeyCommand, args).positionals;
  loadDotEnv();
  const { databaseUrl } = await findRunningStack('databaseUrl');
  const forgotten = await forgetCampaignKey(databaseUrl, campaignId);
  if (forgotten === 'not-ended')
    throw new UsageError(`Campaign ${campaignId} has not ended in the log, which needs its key until then.`);
  const when = forgotten === 'forgotten' ? '' : ' was destroyed before, or there never was one';
  console.log(`The key of ${campaignId}${when || ' is destroyed'}. Backups keep it until they expire.`);
  return 0;
});
