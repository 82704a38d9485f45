import type { LiveFigures } from '../api/live.js';
import { isPostgresOld } from './postgres-age.js';

/** Why an operator should look, each with words of its own (messages: `reasons`). */
export type Reason =
  | 'postgres-away'
  | 'does-not-add-up'
  | 'payouts-stopped'
  | 'all-payouts-stopped'
  | 'payouts-held'
  | 'decision-to-approve'
  | 'gate-differs'
  | 'gate-away'
  | 'unavailable'
  | 'oldest-unpaid'
  | 'payouts-in-doubt';

/** `act`: a human has to do something. `watch`: it should pass by itself. */
export interface Verdict {
  readonly level: 'good' | 'watch' | 'act';
  readonly reasons: readonly {
    readonly reason: Reason;
    readonly level: 'watch' | 'act';
    readonly count: number | null;
  }[];
}

/** The oldest unpaid grant is worth a look from here on, milliseconds: payouts of a rush take seconds. */
export const LONG_UNPAID_MS = 60_000;

/**
 * Whether it goes well, from what is known this second. Worst first.
 *
 * @param toApprove decisions that wait for a second person
 * @param isAllStopped whether it is the payouts of all campaigns that are stopped
 */
export function judge(figures: LiveFigures, toApprove: number, isAllStopped: boolean): Verdict {
  const { postgres, capacity, oldestUnpaidMs, payoutsStopped, finished } = figures;
  const sum = postgres.available + postgres.processing + postgres.settled;
  const isOld = isPostgresOld(figures);
  const isLate = oldestUnpaidMs !== null && oldestUnpaidMs > LONG_UNPAID_MS;
  const all: readonly (readonly [Reason, 'watch' | 'act', boolean, number | null])[] = [
    ['postgres-away', 'watch', isOld, null], // first: it says how old all others are
    ['does-not-add-up', 'act', sum !== capacity, null],
    ['payouts-stopped', 'act', payoutsStopped && !finished && !isAllStopped, null],
    ['all-payouts-stopped', 'act', payoutsStopped && !finished && isAllStopped, null],
    ['payouts-held', 'act', figures.held > 0, figures.held],
    ['decision-to-approve', 'act', toApprove > 0, toApprove],
    ['gate-differs', 'act', figures.differs && !isOld, null], // a gate that moves on is no contradiction,
    ['gate-away', 'watch', figures.gate === null && figures.state === 'OPEN' && !finished, null],
    ['unavailable', 'watch', (figures.rates?.unavailable ?? 0) > 0, null],
    ['oldest-unpaid', 'act', isLate && !payoutsStopped && figures.held === 0, null],
    ['payouts-in-doubt', 'watch', figures.inDoubt > 0, figures.inDoubt],
  ];
  const reasons = all
    .filter(([, , holds]) => holds)
    .map(([reason, level, , count]) => ({ reason, level, count }));
  const level = reasons.some((each) => each.level === 'act') ? 'act' : reasons.length > 0 ? 'watch' : 'good';
  return { level, reasons };
}
