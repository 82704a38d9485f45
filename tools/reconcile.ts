import { Logger } from '@nestjs/common';
import { parseArgs } from 'node:util';
import { StatementError } from '../src/payouts/reconciliation/provider-statement.js';
import type { Totals } from '../src/payouts/reconciliation/comparison-sheet.js';
import {
  type Difference,
  reconcile,
  type Reconciliation,
  UnknownCampaignError,
} from '../src/payouts/reconciliation/reconcile.js';
import { runCommand, UsageError } from './command.js';
import { fromEnvironment, loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';
import { StackError } from './stack/stack-error.js';

const usage = 'npm run reconcile -- --campaign ID [--apply] [--json]';

/** Exit code when the two sides could not be compared. They agree, or were made to agree: 0. They differ: 1. */
const CANNOT_TELL = 2;

function required(name: string): string {
  const value = fromEnvironment(name);
  if (value === undefined)
    throw new UsageError(`${name} is required to read the provider's statement: ${usage}`);
  return value;
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

function print({ payoutProvider, ours, theirs, applied, remaining }: Reconciliation): void {
  console.log();
  printTotals('ours', ours);
  printTotals('theirs', theirs);
  if (payoutProvider === 'ledger' && Object.keys(theirs).length === 0) {
    console.log(
      '\nThe ledger pays this campaign, and the provider has nothing of it: there is nothing to compare.',
    );
    return;
  }
  console.log(
    `\n${remaining === 0 ? 'The two sides agree' : `${remaining} differences remain`}${applied > 0 ? `; ${applied} applied` : ''}.`,
  );
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      campaign: { type: 'string' },
      apply: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { campaign, apply, json } = values;
  if (campaign === undefined) throw new UsageError(`Which campaign? ${usage}`);
  loadDotEnv();
  const { databaseUrl } = await findRunningStack('databaseUrl');
  const provider = { url: required('PAYOUT_HTTP_URL'), secret: required('PAYOUT_HTTP_SECRET') };
  Logger.overrideLogger(false); // the report prints the findings

  if (!json) console.log(`Reconciliation of campaign ${campaign}\n`);
  const report = await reconcile({ databaseUrl, provider, apply }, campaign, (difference) =>
    json ? console.log(JSON.stringify({ difference })) : printDifference(difference),
  );
  if (json) console.log(JSON.stringify(report));
  else print(report);
  return report.remaining === 0 ? 0 : 1;
}

function sentenceOf(error: unknown): unknown {
  const isSentence =
    error instanceof UsageError ||
    error instanceof StackError ||
    error instanceof StatementError ||
    error instanceof UnknownCampaignError;
  return isSentence ? error.message : error;
}

runCommand(async () => {
  try {
    return await run();
  } catch (error) {
    console.error(sentenceOf(error));
    return CANNOT_TELL;
  }
});
