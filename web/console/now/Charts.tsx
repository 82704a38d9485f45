import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type LiveFigures, readSeries, type SeriesPoint } from '../api/live.js';
import type { Campaign } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Chart } from './Chart.tsx';
import {
  ANSWERS,
  type ChartPoint,
  IN_DOUBT,
  LATENCY,
  LIVE_S,
  liveLine,
  OLDEST,
  PAYOUTS,
  seriesLine,
  WAITING,
} from './chart-lines.js';

/** At most so many pages of 1,000 steps are read: more than a day of them. */
const PAGES = 10;

/** The step in which it opened began earlier; and whoever came too early is worth seeing. */
const BEFORE_MS = 60_000;

async function wholeSeries(campaign: Campaign, signal: AbortSignal): Promise<ChartPoint[]> {
  const items: SeriesPoint[] = [];
  const opened = Date.parse(campaign.opensAt ?? campaign.createdAt);
  let from = new Date(opened - BEFORE_MS).toISOString();
  let stepMs = 10_000;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await readSeries(campaign.id, from, signal);
    items.push(...answer.items);
    stepMs = answer.stepMs;
    if (answer.next === null) break;
    from = answer.next;
  }
  return seriesLine(items, stepMs);
}

/** The step in which the page was opened can be read once it is over: by then. */
const STEP_OVER_MS = 15_000;

/** The minutes before these figures: read once, and again when the step in which they came is over. */
function useEarlier(campaignId: string, history: readonly LiveFigures[]) {
  const [firstAt] = useState(history[0]?.at);
  return useQuery({
    queryKey: ['campaign', campaignId, 'series', firstAt],
    queryFn: ({ signal }) => {
      const from = new Date(Date.parse(firstAt ?? '') - LIVE_S * 1_000);
      return readSeries(campaignId, from.toISOString(), signal);
    },
    enabled: firstAt !== undefined,
    ...{ staleTime: Infinity, gcTime: 0 },
    refetchInterval: ({ state }) => (state.dataUpdateCount < 2 ? STEP_OVER_MS : false),
  }).data;
}

/** How it went: the last minutes second by second, or everything since it opened, more coarsely. */
export function Charts({
  campaign,
  history,
}: {
  readonly campaign: Campaign;
  readonly history: readonly LiveFigures[];
}) {
  const { m, f } = useWords();
  const [period, setPeriod] = useState<'live' | 'whole'>('live');
  const whole = useQuery({
    queryKey: ['campaign', campaign.id, 'series'],
    queryFn: ({ signal }) => wholeSeries(campaign, signal),
    enabled: period === 'whole',
    refetchInterval: 30_000,
  });
  const earlier = useEarlier(campaign.id, history);
  const points = period === 'live' ? liveLine(history, earlier) : (whole.data ?? []);
  const duration = (value: number): string => f.duration(value);
  const age = (value: number): string => (value === 0 ? m.none : f.duration(value));
  // An axis that reaches 1 has marks between, and there are no half people.
  const count = (value: number): string => (Number.isInteger(value) ? f.count(value) : '');
  const perSecond = (value: number): string => `${f.decimal(value)} ${m.perSecond}`;
  return (
    <section aria-label={m.now.window}>
      <Choice
        {...{ label: m.now.window, value: period, onChange: setPeriod }}
        options={[
          ['live', m.now.lastMinutes],
          ['whole', m.now.whole],
        ]}
      />
      {period === 'whole' && whole.error ? (
        <Failure error={whole.error} retry={() => void whole.refetch()} />
      ) : null}
      {period === 'whole' && whole.data?.length === 0 ? <p className="empty">{m.now.noHistory}</p> : null}
      <div className="charts">
        <Chart title={m.now.rates} lines={ANSWERS} points={points} format={perSecond} />
        <Chart title={m.now.payouts} lines={PAYOUTS} points={points} format={perSecond} />
        <Chart title={m.now.latency} lines={LATENCY} points={points} format={duration} />
        {campaign.waitingCapacity === 0 ? null : (
          <Chart title={m.now.waitingChart} lines={WAITING} points={points} format={count} />
        )}
        {period === 'live' ? ( // nobody keeps a history of these
          <>
            <Chart
              {...{ title: m.now.oldestChart, lines: OLDEST, points, format: age }}
              note={m.now.sinceOpenedHere}
            />
            <Chart
              {...{ title: m.now.inDoubtChart, lines: IN_DOUBT, points, format: count }}
              note={m.now.sinceOpenedHere}
            />
          </>
        ) : null}
      </div>
    </section>
  );
}
