import type { AuditReport } from '../src/audit/audit-report.js';
import { DEFAULT_KEY_PREFIX } from '../src/grants/slots/gate-keys.js';
import { runAudit, UnknownCampaignError } from '../src/audit/run-audit.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { auditCommand } from './options/audit-options.js';
import { loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

function print({ campaignId, ok, gate, counts, checks }: AuditReport): void {
  console.log(`Audit of campaign ${campaignId}\n`);
  for (const [name, count] of Object.entries(counts)) console.log(`  ${name.padEnd(9)} ${count}`);
  console.log();
  for (const { promise, statement, examined, violations } of checks) {
    console.log(
      `  ${violations.length === 0 ? 'ok  ' : 'FAIL'} ${promise}  ${statement} (${examined} examined)`,
    );
    for (const violation of violations) console.log(`         ${violation}`);
  }
  if (gate === 'absent') {
    console.log('  --   Redis has no gate at this epoch: the next claim rebuilds it; it was not checked');
  }
  console.log(`\n${ok ? 'Every promise held.' : 'A promise was broken.'}`);
}

runCommand(auditCommand, async (args) => {
  const { values } = readCommandLine(auditCommand, args);
  loadDotEnv();
  const { databaseUrl, redisUrl } = await findRunningStack('databaseUrl', 'redisUrl');
  try {
    const report = await runAudit(
      {
        ...{ databaseUrl, redisUrl, redisTls: process.env },
        keyPrefix: process.env.REDIS_KEY_PREFIX || DEFAULT_KEY_PREFIX,
      },
      values.campaign,
    );
    if (values.json) console.log(JSON.stringify(report));
    else print(report);
    return report.ok ? 0 : 1;
  } catch (error) {
    if (error instanceof UnknownCampaignError) throw new UsageError(error.message);
    throw error;
  }
});
