import type { FloodStep } from '../../generator/generator-messages.js';
import { numberText } from '../../report/number-text.js';
import { spreadOf } from '../../report/statistics.js';
import { table } from '../../report/tables.js';

/**
 * The offered rates, in multiples of the rate that can be served. The last step shows whether the service has
 * recovered.
 */
export const multiples = [0.5, 1, 2, 5, 10, 0.5] as const;

/** One step of the curve. Rates are per second, times in ms. */
export interface CurvePoint {
  readonly planned: number;
  readonly offered: number;
  readonly served: number;
  readonly shed: number;
  readonly failed: number;
  readonly servedP50: number;
  readonly servedP99: number;
  readonly shedP50: number;
  readonly shedP99: number;
  /** Share of liveness checks answered in time; NaN if there was none. */
  readonly live: number;
}

export function curvePoint(step: FloodStep, seconds: number, live: number): CurvePoint {
  const { servedMs, shedMs } = step;
  return {
    planned: step.planned / seconds,
    offered: step.sent / seconds,
    served: step.served / seconds,
    shed: step.shed / seconds,
    failed: step.failed / seconds,
    ...{ servedP50: servedMs.p50, servedP99: servedMs.p99, shedP50: shedMs.p50, shedP99: shedMs.p99, live },
  };
}

/**
 * The median of each number, taken separately.
 * @param curves one per round, at least one, all with the same steps
 */
export function medianCurve(curves: readonly (readonly CurvePoint[])[]): CurvePoint[] {
  return (curves[0] ?? []).map((point, step) => {
    const names = Object.keys(point) as (keyof CurvePoint)[];
    const medians = names.map((name) => {
      const values = curves.flatMap((curve) => curve[step]?.[name] ?? []);
      return [name, spreadOf(values).median] as const;
    });
    return Object.fromEntries(medians) as unknown as CurvePoint;
  });
}

/** The name of a step, such as `10x`; the last is `0.5x again`. */
export function stepName(step: number): string {
  const multiple = multiples[step] ?? NaN;
  return `${multiple}x${multiples.indexOf(multiple as (typeof multiples)[number]) < step ? ' again' : ''}`;
}

export function curveTable(curve: readonly CurvePoint[]): string {
  const times = (share: number, p50: number, p99: number): string =>
    share > 0 ? `${numberText(p50)} / ${numberText(p99)}` : '';
  return table([
    ['', 'planned/s', 'offered', 'served', 'shed', 'failed', 'served p50 / p99', 'shed p50 / p99', 'live'],
    ...curve.map((point, step) => [
      stepName(step),
      ...[point.planned, point.offered, point.served, point.shed, point.failed].map(numberText),
      times(point.served, point.servedP50, point.servedP99),
      times(point.shed, point.shedP50, point.shedP99),
      Number.isNaN(point.live) ? '' : `${Math.round(point.live * 100)} %`,
    ]),
  ]);
}
