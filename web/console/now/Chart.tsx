import { useEffect, useId, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useWords } from '../messages/language.tsx';
import type { ChartLine, ChartPoint } from './chart-lines.js';

interface ChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly points: readonly ChartPoint[];
  /** A value with its unit. */
  readonly format: (value: number) => string;
  /** What the picture lacks. */
  readonly note?: string;
}

const HEIGHT = 170;
/** A few seconds, drawn over the whole width, would look like a trend. */
const SHORTEST_S = 60;

/** Lines over time. The picture is for eyes; the latest values stand below it as text. */
export function Chart({ title, lines, points, format, note }: ChartProps) {
  const { m } = useWords();
  const id = useId();
  const names = {
    ...{ accepted: m.now.accepted, waitlisted: m.now.waitlisted, soldOut: m.now.soldOutRate },
    ...{ refused: m.now.refused, unavailable: m.now.unavailable, paid: m.now.paid, p99Ms: m.now.p99 },
    ...{ waiting: m.now.line, oldestUnpaidMs: m.now.oldestUnpaid, inDoubt: m.now.inDoubt },
  };
  const last = points.at(-1);
  return (
    <figure className="panel chart" aria-labelledby={id}>
      <figcaption id={id}>
        {title} {note === undefined ? null : <span className="quiet">{note}</span>}
      </figcaption>
      <Canvas lines={lines} points={points} format={format} />
      <ul className="legend">
        {lines.map(({ key, colour, dash }) => {
          const value = last?.[key] ?? null;
          return (
            <li key={key}>
              <svg width="22" height="8" aria-hidden="true">
                <line
                  {...{ x1: 0, x2: 22, y1: 4, y2: 4, strokeWidth: 2.5, strokeDasharray: dash.join(' ') }}
                  stroke={`var(${colour})`}
                />
              </svg>{' '}
              {names[key]} <b>{value === null ? '–' : format(value)}</b>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}

/** uPlot draws on a canvas, which knows no CSS: it is drawn anew when the page turns dark or light. */
function Canvas({ lines, points, format }: Omit<ChartProps, 'title' | 'note'>) {
  const { f } = useWords();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(null);
  const isDark = useIsDark();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const colour = (name: string): string => getComputedStyle(element).getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--rule'), width: 1 },
      ticks: { show: false },
    };
    const made = new UPlot(
      {
        ...{ width: element.clientWidth, height: HEIGHT, legend: { show: false }, padding: [8, 28, 0, 0] },
        cursor: { show: false },
        scales: {
          x: { range: ({ data }) => xRange(data[0]) },
          y: { range: (_, __, max) => [0, Math.max(max * 1.1, 1)] },
        },
        axes: [
          { ...axis, values: (_, times) => times.map((time) => f.clock(time * 1_000)), space: 80, size: 28 },
          { ...axis, values: (_, values) => values.map((value) => format(value)), size: 72, space: 36 },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            ...{ stroke: colour(line.colour), dash: [...line.dash], width: 2, points: { size: 5 } },
          })),
        ],
      },
      columns(lines, []),
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
    // Not on `format`, which is a new function each second but says the same in one language.
  }, [lines, isDark, f]);
  useEffect(() => {
    plot.current?.setData(columns(lines, points));
  }, [lines, points, isDark, f]);
  return <div ref={place} className="canvas" aria-hidden="true" />;
}

/** From the points themselves: for a single one uPlot would show a whole day. */
function xRange(times: ArrayLike<number>): [number, number] {
  const end = times[times.length - 1] ?? Date.now() / 1_000;
  return [Math.min(times[0] ?? end, end - SHORTEST_S), end];
}

function columns(lines: readonly ChartLine[], points: readonly ChartPoint[]): UPlot.AlignedData {
  return [points.map((point) => point.at), ...lines.map(({ key }) => points.map((point) => point[key]))];
}

function useIsDark(): boolean {
  const [isDark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const note = (): void => setDark(query.matches);
    query.addEventListener('change', note);
    return () => query.removeEventListener('change', note);
  }, []);
  return isDark;
}
