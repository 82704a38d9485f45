import { Logger } from '@nestjs/common';
import { type ProviderAddress, StatementError } from '../src/payouts/reconciliation/provider-statement.js';
import { SetBackMeanwhileError } from '../src/payouts/reconciliation/take-over.js';
import type { Totals } from '../src/payouts/reconciliation/comparison-sheet.js';
import type { Difference } from '../src/payouts/reconciliation/difference.js';
import {
  NoProviderError,
  reconcile,
  type Reconciliation,
  UnknownCampaignError,
} from '../src/payouts/reconciliation/reconcile.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { reconcileCommand } from './options/reconcile-options.js';
import { fromEnvironment, loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

/** Null when neither of its variables is set: a campaign that the ledger pays needs none. */
function configuredProvider(): ProviderAddress | null {
  const [url, secret] = [fromEnvironment('PAYOUT_HTTP_URL'), fromEnvironment('PAYOUT_HTTP_SECRET')];
  if (url === undefined && secret === undefined) return null;
  if (url === undefined) throw missing('PAYOUT_HTTP_URL');
  if (secret === undefined) throw missing('PAYOUT_HTTP_SECRET');
  return { url, secret };
}

function missing(names: string): UsageError {
  return new UsageError(
    `${names} is required to read the provider's statement. A campaign that the ledger pays has nothing to compare.`,
  );
}

/** The outcome in one sentence, and the exit code that stands for it. */
function conclude({
  payoutProvider,
  ours,
  theirs,
  applied,
  remaining,
  undecided,
}: Reconciliation): [string, number] {
  const inDoubt =
    undecided > 0
      ? `${undecided} undecided: in doubt here, or pending there. Compare again later`
      : undefined;
  const soFar = applied > 0 ? `; ${applied} applied` : '';
  if (remaining > 0) return [`${remaining} differences remain${soFar}${inDoubt ? `; ${inDoubt}` : ''}.`, 1];
  if (inDoubt) return [`${inDoubt}. The rest agrees${soFar}.`, 3];
  if (theirs === null)
    return [
      'Nothing to compare: the ledger pays this campaign. No provider was asked: none is configured.',
      0,
    ];
  if (payoutProvider === 'ledger')
    return ['Nothing to compare: the ledger pays this campaign, and the provider has nothing of it.', 0];
  if (Object.keys(ours).length + Object.keys(theirs).length === 0)
    return ['Nothing to compare: neither side has a payout of this campaign by the provider.', 0];
  return [`The two sides agree${soFar}.`, 0];
}

function printDifference({ kind, idempotencyKey, ours, theirs, applied }: Difference): void {
  const mark = applied ? 'applied' : 'DIFFERS';
  console.log(
    `  ${mark} ${kind.padEnd(18)} ${idempotencyKey}: ${ours ?? 'none'} here, ${theirs.join(', ') || 'none'} there`,
  );
}

function printTotals(title: string, totals: Totals): void {
  const parts = Object.entries(totals).map(([state, { count, sum }]) => `${count} ${state} (${sum})`);
  console.log(`  ${title.padEnd(6)} ${parts.join(', ') || 'nothing'}`);
}

runCommand(
  reconcileCommand,
  async (args) => {
    const { campaign, apply, json } = readCommandLine(reconcileCommand, args).values;
    if (campaign === undefined)
      throw new UsageError('Which campaign? --campaign ID. More: npm run reconcile -- --help');
    loadDotEnv();
    const { databaseUrl } = await findRunningStack('databaseUrl');
    const provider = configuredProvider();
    Logger.overrideLogger(false); // the report prints the findings

    if (!json) console.log(`Reconciliation of campaign ${campaign}\n`);
    const report = await reconcile({ databaseUrl, provider, apply }, campaign, (difference) =>
      json ? console.log(JSON.stringify({ difference })) : printDifference(difference),
    ).catch((error: unknown) => {
      throw error instanceof NoProviderError ? missing('PAYOUT_HTTP_URL and PAYOUT_HTTP_SECRET') : error;
    });
    const [sentence, exitCode] = conclude(report);
    if (json) {
      console.log(JSON.stringify(report));
    } else {
      console.log();
      printTotals('ours', report.ours);
      if (report.theirs) printTotals('theirs', report.theirs);
      console.log(`\n${sentence}`);
    }
    return exitCode;
  },
  (error) =>
    error instanceof StatementError ||
    error instanceof UnknownCampaignError ||
    error instanceof SetBackMeanwhileError,
);
