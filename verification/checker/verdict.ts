import type { AuditReport } from '../../src/audit/audit-report.js';
import { outcomeOf } from './answer.js';
import type { Check } from './check-records.js';
import { type FaultPlan, faultsThatDidNotFire } from './fault-plan.js';
import type { Operation } from './history.js';

/** What `--json` prints. */
export interface Verdict {
  readonly campaignId: string;
  /** Whether the run proves anything: its faults fired, and every check that needs something to examine had it. */
  readonly valid: boolean;
  /** Why it proves nothing. */
  readonly invalidBecause: readonly string[];
  /** Whether nothing contradicts a promise. */
  readonly ok: boolean;
  readonly faults: FaultPlan | null;
  /** Counts by operation and outcome: `claim PENDING`, `claim sold-out`, `status unknown`, … */
  readonly operations: Readonly<Record<string, number>>;
  /** By promise. */
  readonly checks: readonly Check[];
}

function checksOfAudit({ checks }: AuditReport): Check[] {
  return checks.map(({ promise, statement, examined, violations }) => ({
    promise,
    name: null,
    statement,
    verdict: violations.length > 0 ? 'violated' : examined > 0 ? 'held' : 'not examined',
    examined,
    violations,
  }));
}

/** @param operations of this campaign only */
export function judge(
  campaignId: string,
  operations: readonly Operation[],
  checked: readonly Check[],
  audit: AuditReport,
  faults: FaultPlan | null,
): Verdict {
  const counts: Record<string, number> = {};
  for (const operation of operations) {
    const kind = `${operation.op} ${outcomeOf(operation)}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const checks = [...checked, ...checksOfAudit(audit)].sort((a, b) => a.promise.localeCompare(b.promise));
  const invalidBecause = [
    ...(operations.length === 0 ? ['the history has no operation of this campaign'] : []),
    ...(faults ? faultsThatDidNotFire(faults) : []),
    ...checks
      .filter(({ verdict }) => verdict === 'missing')
      .map(({ name }) => `${name} examined nothing, although this run must have had something to examine`),
  ];
  return {
    campaignId,
    valid: invalidBecause.length === 0,
    invalidBecause,
    ok: checks.every(({ verdict }) => verdict !== 'violated'),
    faults,
    operations: counts,
    checks,
  };
}

/** 0: valid and no violations. 1: violations, also in an invalid run. 2: invalid. */
export function exitCodeOf({ valid, ok }: Verdict): 0 | 1 | 2 {
  if (!ok) return 1;
  return valid ? 0 : 2;
}
