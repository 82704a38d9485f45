import type { FaultPlan } from '../checker/fault-plan.js';
import type { Verdict } from '../checker/verdict.js';
import type { FaultRecord } from './nemesis/nemesis.js';
import { type ChaosPlan, hashOf } from './plan/chaos-plan.js';

/** What `--json` prints. */
export interface ChaosReport {
  readonly seed: number;
  readonly provider: string;
  readonly planHash: string;
  /** Whether every planned fault fired and every check had something to examine. */
  readonly valid: boolean;
  readonly invalidBecause: readonly string[];
  /** Faults that fired, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly planned: Readonly<Record<string, number>>;
  /** Operations by kind and outcome. */
  readonly operations: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** How often instances of the service ended without being told to, and were restarted. */
  readonly unbiddenEnds: Readonly<Record<string, number>>;
}

/** Planned and fired faults and their permitted losses, in the checker's format. */
export function countFaults(records: readonly FaultRecord[]): FaultPlan {
  const planned: Record<string, number> = {};
  const fired: Record<string, number> = {};
  for (const { kind, effect } of records) {
    planned[kind] = (planned[kind] ?? 0) + 1;
    fired[kind] = (fired[kind] ?? 0) + Number(effect > 0);
  }
  return { planned, fired, losses: records.flatMap(({ loss }) => loss ?? []) };
}

/**
 * @param further violations that the checker cannot see: what did not come to rest, and answers that no client should
 *   get
 */
export function reportOn(
  plan: ChaosPlan,
  { valid, invalidBecause, operations, checks, faults }: Verdict,
  further: readonly string[],
  unbiddenEnds: Readonly<Record<string, number>>,
): ChaosReport {
  const found = checks.flatMap(({ promise, name, statement, violations }) =>
    violations.map((violation) => `${name ?? `${promise} ${statement}`}: ${violation}`),
  );
  return {
    seed: plan.seed,
    provider: plan.provider,
    planHash: hashOf(plan),
    valid,
    invalidBecause,
    faults: faults?.fired ?? {},
    planned: faults?.planned ?? {},
    operations,
    violations: [...further, ...found],
    unbiddenEnds,
  };
}

/** 0: valid and no violations. 1: violations. 2: invalid. */
export function exitCodeOf({ valid, violations }: ChaosReport): 0 | 1 | 2 {
  if (violations.length > 0) return 1;
  return valid ? 0 : 2;
}

export function printReport(report: ChaosReport): void {
  const { seed, provider, planHash, faults, planned, operations, violations, invalidBecause, valid } = report;
  console.log(`\nChaos, seed ${seed}, provider ${provider}, plan ${planHash}\n`);
  console.log('  faults fired, of planned');
  for (const kind of Object.keys(planned).sort())
    console.log(`  ${kind.padEnd(28)} ${faults[kind] ?? 0} of ${planned[kind]}`);
  console.log('\n  operations by outcome');
  for (const [kind, count] of Object.entries(operations).sort()) console.log(`  ${kind.padEnd(28)} ${count}`);
  console.log();
  for (const violation of violations) console.log(`  VIOLATED: ${violation}`);
  for (const reason of invalidBecause) console.log(`  INVALID: ${reason}`);
  const clean = valid
    ? 'Every promise held.'
    : 'Nothing contradicts a promise, but this run does not prove them.';
  console.log(violations.length > 0 ? '\nA promise was broken.' : `\n${clean}`);
}
