import { Findings } from './findings.js';
import { RunEvidence, type RunRecords } from './run-evidence.js';
import { STATEMENTS } from './statements.js';

/** The result of one statement. */
export interface Check {
  /** `P1` … `P9`. */
  readonly promise: string;
  /** Stable, `<promise>.<slug>`; null for statements of the audit. */
  readonly name: string | null;
  readonly statement: string;
  /** `missing`: nothing was examined, although this run must have had something to examine. */
  readonly verdict: 'held' | 'violated' | 'not examined' | 'missing';
  readonly examined: number;
  readonly violations: readonly string[];
}

/** Checks every statement against the records of one run. Contacts no server and changes nothing. */
export function checkRecords(records: RunRecords): Check[] {
  const run = new RunEvidence(records);
  return STATEMENTS.map(({ name, says, examine }) => {
    const findings = new Findings();
    examine(run, findings);
    const { examined, violations, isMissing } = findings;
    const unseen = isMissing ? 'missing' : 'not examined';
    return {
      promise: name.slice(0, 2),
      name,
      statement: says,
      verdict: violations.length > 0 ? 'violated' : examined > 0 ? 'held' : unseen,
      examined,
      violations,
    };
  });
}
