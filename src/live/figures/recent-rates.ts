import type { RecentSeconds } from '../../grants/slots/gate-rates.js';
import { quantile } from '../../platform/metrics/latency-buckets.js';
import { type Counted, countsByKind, latenciesOf, sumOf } from '../../platform/metrics/recent-counts.js';

/** Each instance passes its counts on once a second, at an instant of its own: one second alone would flicker. */
export const RATE_SECONDS = 3;

export interface RecentRates {
  /** A second, of the whole deployment. */
  readonly rates: Readonly<Record<Counted, number>>;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
}

/** The mean of the last three seconds that are over. */
export function recentRates({ current, counts }: RecentSeconds): RecentRates {
  const over = Array.from({ length: RATE_SECONDS }, (_, i) => counts.get(current - 1 - i) ?? []);
  const sum = sumOf(over);
  const perSecond = Object.entries(countsByKind(sum)).map(([kind, count]) => [
    kind,
    Math.round((count / RATE_SECONDS) * 10) / 10,
  ]);
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(latenciesOf(sum), share));
  return {
    rates: Object.fromEntries(perSecond) as Record<Counted, number>,
    latencyMs: p50 == null || p99 == null ? null : { p50, p99 },
  };
}
