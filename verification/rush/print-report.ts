import type { RushReport } from './rush-report.js';

const labelWidth = 22;

function seconds(ms: number | null): string {
  return ms === null ? '–' : `${(ms / 1_000).toFixed(2)} s`;
}

function megabytes(mb: number | null): string {
  return mb === null ? '–' : `${mb} MB`;
}

/** Prints the report for people. */
export function printReport(report: RushReport): void {
  const { retries, latencyMs, audit } = report;
  const line = (label: string, value: number | string): void =>
    console.log(
      `  ${label.padEnd(labelWidth)} ${typeof value === 'number' ? value.toLocaleString('en') : value}`,
    );
  console.log(`\nRush on campaign ${report.campaignId} (seed ${report.seed})\n`);
  line('capacity', report.capacity);
  line('users', report.users);
  line('asks answered', report.requests);
  line('accepted', report.accepted);
  line('waiting', report.waiting);
  line('sold out', report.soldOut);
  console.log();
  line('paid', report.paid);
  // Freed slots go to the line. Once it is empty they go to whoever asks next, but nobody asked any more.
  if (report.soldOut > 0 && report.paid < report.capacity) {
    line('', `the line ran dry: ${report.capacity - report.paid} slots are left`);
  }
  line('failed', report.failed);
  line('promoted', report.promoted);
  console.log();
  line('last accept after', seconds(report.lastAcceptMs));
  line('last payout after', seconds(report.lastPayoutMs));
  for (const [outcome, { p50, p99 }] of Object.entries(latencyMs)) {
    line(`${outcome} p50 / p99`, `${p50} / ${p99} ms`);
  }
  console.log();
  line('errors', report.errors);
  for (const example of report.unexpectedExamples) line('', example);
  line('5xx answers', report.status5xx);
  line(
    'retries',
    `${retries.unavailable} after 503, ${retries.tooManyRequests} after 429, ` +
      `${retries.connection} after lost connections, ${retries.serverError} after other 5xx`,
  );
  line('peak memory', `api ${megabytes(report.rssMb.api)}, worker ${megabytes(report.rssMb.worker)}`);
  console.log();
  line('audit', audit.ok ? 'every promise held' : 'a promise was broken:');
  for (const violation of audit.violations) console.log(`    ${violation}`);
  console.log();
}
