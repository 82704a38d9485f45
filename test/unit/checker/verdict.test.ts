import type { AuditReport } from '../../../src/audit/audit-report.js';
import { checkRecords } from '../../../verification/checker/check-records.js';
import type { FaultPlan } from '../../../verification/checker/fault-plan.js';
import { exitCodeOf, judge, type Verdict } from '../../../verification/checker/verdict.js';
import { honestRun, type MutableRecords } from '../../support/honest-run.js';

const AUDIT: AuditReport = { campaignId: 'simulated', ok: true, gate: 'checked', counts: {}, checks: [] };

function verdictOn(
  change: (records: MutableRecords) => void = () => undefined,
  faults: FaultPlan | null = null,
  audit = AUDIT,
): Verdict {
  const records = honestRun({ seed: 7, paysBy: 'provider', reversalPolicy: 'keep' });
  change(records);
  const own = records.history.filter(({ campaignId }) => campaignId === 'simulated');
  return judge('simulated', own, checkRecords(records), audit, faults);
}

describe('The verdict', () => {
  it('is 0 for a run without violations in which every planned fault fired', () => {
    const verdict = verdictOn(undefined, { planned: { reset: 1 }, fired: { reset: 2 }, losses: [] });
    expect(verdict).toMatchObject({ valid: true, ok: true, invalidBecause: [] });
    expect(exitCodeOf(verdict)).toBe(0);
    expect(verdict.operations).toMatchObject({
      'claim sold-out': expect.any(Number),
      'claim unknown': expect.any(Number),
    });
    for (const promise of ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9'])
      expect(
        verdict.checks.filter((check) => check.promise === promise && check.verdict === 'held'),
      ).not.toEqual([]);
  });

  it('is 1 for any violation, by the checker or the audit, even in an invalid run', () => {
    const paidTwice = ({ bank }: MutableRecords) =>
      bank!.push({ ...bank!.find(({ event }) => event === 'settled')!, seq: 999 });
    expect(exitCodeOf(verdictOn(paidTwice))).toBe(1);
    expect(exitCodeOf(verdictOn(paidTwice, { planned: { reset: 1 }, fired: {}, losses: [] }))).toBe(1);
    const broken = { promise: 'P1', statement: 'a state', examined: 1, violations: ['it is not so'] };
    expect(exitCodeOf(verdictOn(undefined, null, { ...AUDIT, ok: false, checks: [broken] }))).toBe(1);
  });

  it('is 2 if a planned fault did not fire', () => {
    const verdict = verdictOn(undefined, {
      planned: { reset: 1, 'kill-worker': 2 },
      fired: { reset: 1, 'kill-worker': 1 },
      losses: [],
    });
    expect(verdict).toMatchObject({ ok: true, valid: false });
    expect(verdict.invalidBecause).toEqual(['fault kill-worker was planned 2 times and fired 1 times']);
    expect(exitCodeOf(verdict)).toBe(2);
  });

  it("is 2 if required records are missing: the provider's log, the gate, operations", () => {
    const without: readonly [string, (records: MutableRecords) => void][] = [
      ['P1.money-within-capacity', (records) => (records.bank = null)],
      ['P8.gate-at-rest', (records) => (records.gate = null)],
      ['the history has no operation', (records) => (records.history = [])],
      [
        'P4.told-is-durable',
        (records) =>
          (records.history = records.history.filter(({ status }) => status !== 202 && status !== 200)),
      ],
    ];
    for (const [reason, change] of without) {
      const verdict = verdictOn(change);
      expect(verdict.invalidBecause.join('\n')).toContain(reason);
      expect([reason, verdict.ok, exitCodeOf(verdict)]).toEqual([reason, true, 2]);
    }
  });

  it('reports audit checks that examined nothing as not examined, not as held', () => {
    const idle = { promise: 'P7', statement: 'nobody failed', examined: 0, violations: [] };
    const { checks } = verdictOn(undefined, null, { ...AUDIT, checks: [idle] });
    expect(checks.find(({ statement }) => statement === 'nobody failed')).toMatchObject({
      verdict: 'not examined',
    });
  });
});
