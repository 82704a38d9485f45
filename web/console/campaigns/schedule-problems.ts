import { instantOf } from '../format/zoned-time.js';
import type { ScheduleEntry } from './draft.js';

/** As the API has it: an opening may be this late, so that a form that was filled in a moment ago still counts. */
const OPENING_TOLERANCE_MS = 60_000;

type OpensProblem = 'gap' | 'past' | 'needed' | null;
type ClosesProblem = 'gap' | 'past' | 'turned' | null;

/** ISO 8601, or null for none. */
export interface StandingTimes {
  readonly opensAt: string | null;
  readonly closesAt: string | null;
}

/** A form has seconds. Times within the same second are the same there, and two that are missing, too. */
export function isSameSecond(a: string | null, b: string | null): boolean {
  const second = (time: string | null): number | null =>
    time === null ? null : Math.floor(Date.parse(time) / 1_000);
  return second(a) === second(b);
}

/**
 * What the API would refuse in these times.
 * @param standing the times that the campaign has: whoever leaves them alone may leave them in the past
 * @param now in ms since 1970
 * @param mustOpenLater whether it may not open at once
 */
export function scheduleProblems(
  { zone, opens, closes }: ScheduleEntry,
  standing: StandingTimes,
  now: number,
  mustOpenLater: boolean,
): { readonly opens: OpensProblem; readonly closes: ClosesProblem } {
  const from = opens === '' ? null : instantOf(opens, zone);
  const to = closes === '' ? null : instantOf(closes, zone);
  const isPast = (time: string | null, before: string | null, tolerance: number): boolean =>
    time !== null && !isSameSecond(time, before) && Date.parse(time) + tolerance <= now;
  const opensProblem = (): OpensProblem => {
    if (opens !== '' && from === null) return 'gap';
    if (mustOpenLater && from === null) return 'needed';
    return isPast(from, standing.opensAt, mustOpenLater ? 0 : OPENING_TOLERANCE_MS) ? 'past' : null;
  };
  const closesProblem = (): ClosesProblem => {
    if (closes !== '' && to === null) return 'gap';
    if (from !== null && to !== null && from >= to) return 'turned';
    return isPast(to, standing.closesAt, 0) ? 'past' : null;
  };
  return { opens: opensProblem(), closes: closesProblem() };
}
