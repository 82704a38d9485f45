import type { Check } from './check-records.js';
import type { Verdict } from './verdict.js';

const marks: Readonly<Record<Check['verdict'], string>> = {
  held: 'ok  ',
  violated: 'FAIL',
  'not examined': '--  ',
  missing: 'NONE',
};

function conclusion({ ok, valid }: Verdict): string {
  if (!ok) return 'A promise was broken.';
  return valid ? 'Every promise held.' : 'Nothing contradicts a promise, but this run does not prove them.';
}

/** Prints the verdict for people. */
export function printVerdict(verdict: Verdict): void {
  const { campaignId, operations, faults, checks, invalidBecause } = verdict;
  console.log(`Check of a run of campaign ${campaignId}\n`);
  for (const [kind, count] of Object.entries(operations).sort()) console.log(`  ${kind.padEnd(24)} ${count}`);
  if (faults) {
    console.log('\n  faults fired, of planned');
    for (const kind of new Set([...Object.keys(faults.planned), ...Object.keys(faults.fired)]))
      console.log(`  ${kind.padEnd(24)} ${faults.fired[kind] ?? 0} of ${faults.planned[kind] ?? 0}`);
  }
  console.log();
  for (const { promise, name, statement, verdict: mark, examined, violations } of checks) {
    console.log(`  ${marks[mark]} ${name ?? `${promise} audit`}: ${statement} (${examined} examined)`);
    for (const violation of violations) console.log(`         ${violation}`);
  }
  for (const reason of invalidBecause) console.log(`\n  INVALID: ${reason}`);
  console.log(`\n${conclusion(verdict)}`);
}
