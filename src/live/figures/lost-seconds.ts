import type { RecentSeconds } from '../../grants/slots/gate-rates.js';
import { RATE_SECONDS } from './recent-rates.js';

/**
 * Tells whether Redis has lost what was counted in the seconds of which the rates are the mean. Where nobody counts
 * there are no counts either, so lost ones would look like silence: they are known by those that were there before.
 */
export class LostSeconds {
  private seen: RecentSeconds = { current: 0, counts: new Map() };
  /** The second in which it was noticed last; counts of it may be lost, too. */
  private lostIn = 0;

  /** To be asked about once a second: what nobody has seen since it was counted is not missed. */
  look(recent: RecentSeconds): boolean {
    const first = recent.current - RATE_SECONDS;
    for (const [second, counts] of this.seen.counts)
      if (second >= first && isLess(recent.counts.get(second), counts)) this.lostIn = recent.current;
    this.seen = recent;
    return this.lostIn >= first;
  }
}

function isLess(now: readonly number[] | undefined, before: readonly number[]): boolean {
  return before.some((count, i) => (now?.[i] ?? 0) < count);
}
