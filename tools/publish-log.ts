import { copyLog } from '../src/transparency/publishing/copy-log.js';
import { CopyRefused } from '../src/transparency/publishing/copy-refused.js';
import { logAt } from '../src/transparency/publishing/http-log-source.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { publishLogCommand } from './options/publish-log-options.js';
import { findRunningStack } from './stack/running-stack.js';

runCommand(publishLogCommand, async (args) => {
  const { values, positionals } = readCommandLine(publishLogCommand, args);
  const [folder = ''] = positionals;
  const from = values.from ?? new URL(`${(await findRunningStack('url')).url}/v1/transparency`);
  try {
    const { size, tiles, lists, missing } = await copyLog(logAt(from), folder);
    console.log(`${folder}: ${size} leaves, ${tiles} new files, ${lists} new lists.`);
    for (const { campaign, cause } of missing)
      console.error(`The list of who may claim in ${campaign} is not there yet: ${String(cause)}`);
    return missing.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof CopyRefused) throw new UsageError(error.message);
    throw error;
  }
});
