import type { LiveFigures, SeriesPage, SeriesPoint } from '../api/live.js';
import { isPostgresOld } from './postgres-age.js';

/** What the charts draw at one moment; null where there is nothing to draw. */
export interface ChartPoint {
  /** Seconds since 1970. */
  readonly at: number;
  readonly accepted: number | null;
  readonly waitlisted: number | null;
  readonly soldOut: number | null;
  readonly refused: number | null;
  readonly unavailable: number | null;
  readonly paid: number | null;
  readonly p99Ms: number | null;
  readonly waiting: number | null;
  readonly oldestUnpaidMs: number | null;
  readonly inDoubt: number | null;
}

/** A colour of colours.css, and dashes for whoever does not tell colours apart. */
export interface ChartLine {
  readonly key: Exclude<keyof ChartPoint, 'at'>;
  readonly colour: '--busy' | '--done' | '--wait' | '--muted' | '--watch' | '--bad';
  readonly dash: readonly number[];
}

export const ANSWERS: readonly ChartLine[] = [
  { key: 'accepted', colour: '--busy', dash: [] },
  { key: 'waitlisted', colour: '--wait', dash: [6, 3] },
  { key: 'soldOut', colour: '--muted', dash: [2, 3] },
  { key: 'refused', colour: '--watch', dash: [8, 3, 2, 3] },
  { key: 'unavailable', colour: '--bad', dash: [4, 2] },
];
export const PAYOUTS: readonly ChartLine[] = [{ key: 'paid', colour: '--done', dash: [] }];
export const LATENCY: readonly ChartLine[] = [{ key: 'p99Ms', colour: '--busy', dash: [] }];
export const WAITING: readonly ChartLine[] = [{ key: 'waiting', colour: '--wait', dash: [] }];
export const OLDEST: readonly ChartLine[] = [{ key: 'oldestUnpaidMs', colour: '--bad', dash: [] }];
export const IN_DOUBT: readonly ChartLine[] = [{ key: 'inDoubt', colour: '--watch', dash: [] }];

const NO_RATES = {
  ...{ accepted: null, waitlisted: null, soldOut: null },
  ...{ refused: null, unavailable: null, paid: null },
};
const NO_COUNTS = { waiting: null, oldestUnpaidMs: null, inDoubt: null };
const GONE = { ...NO_RATES, ...NO_COUNTS, p99Ms: null };

/** How long "the last minutes" are. */
export const LIVE_S = 300;

type Steps = Pick<SeriesPage, 'stepMs' | 'items'>;

/**
 * The last minutes, second by second.
 * @param earlier what the history has of the time before the first of these seconds: coarser, and not of everything
 */
export function liveLine(
  history: readonly LiveFigures[],
  earlier: Steps = { stepMs: 0, items: [] },
): ChartPoint[] {
  const points = history.map((figures) => ({
    ...{ at: Date.parse(figures.at) / 1_000, p99Ms: figures.latencyMs?.p99 ?? null },
    ...(figures.rates ?? NO_RATES),
    ...(isPostgresOld(figures) ? NO_COUNTS : countsOf(figures)),
  }));
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  const stepS = earlier.stepMs / 1_000;
  const steps = stepPoints(earlier.items, stepS).filter(
    ({ at }) => at >= last.at - LIVE_S && at + stepS <= first.at,
  );
  return [...withGaps([...steps, first], 2 * stepS), ...withGaps(points, 3).slice(1)];
}

/** Nobody who is unpaid is an age of 0: the line comes down when everybody is paid. */
function countsOf({ postgres, oldestUnpaidMs, inDoubt }: LiveFigures) {
  return { waiting: postgres.waiting, oldestUnpaidMs: oldestUnpaidMs ?? 0, inDoubt };
}

export function seriesLine(items: readonly SeriesPoint[], stepMs: number): ChartPoint[] {
  const seconds = stepMs / 1_000;
  return withGaps(stepPoints(items, seconds), 2 * seconds);
}

/** The API counts per step; the charts show rates. */
function stepPoints(items: readonly SeriesPoint[], seconds: number): ChartPoint[] {
  return items.map((item) => ({
    ...NO_COUNTS,
    ...{ at: Date.parse(item.at) / 1_000, p99Ms: item.p99Ms, waiting: item.waiting },
    ...{ accepted: item.accepted / seconds, waitlisted: item.waitlisted / seconds },
    ...{ soldOut: item.soldOut / seconds, refused: item.refused / seconds },
    ...{ unavailable: item.unavailable / seconds, paid: item.paid / seconds },
  }));
}

/** Nothing is known between points that are further apart than this: the line is broken there, not drawn across. */
function withGaps(points: readonly ChartPoint[], seconds: number): ChartPoint[] {
  return points.flatMap((point, i) => {
    const before = points[i - 1];
    return before && point.at - before.at > seconds
      ? [{ ...GONE, at: before.at + seconds / 2 }, point]
      : [point];
  });
}
