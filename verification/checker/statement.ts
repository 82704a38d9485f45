import type { Findings } from './findings.js';
import type { RunEvidence } from './run-evidence.js';

/** One precise, checkable part of a promise. */
export interface Statement {
  /** Stable: `<promise>.<slug>`. */
  readonly name: `P${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}.${string}`;
  readonly says: string;
  readonly examine: (run: RunEvidence, findings: Findings) => void;
}
