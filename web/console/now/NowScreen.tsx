import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { attentionQuery, type Campaign, switchQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';
import { useFigures } from './figures-stream.js';
import { KeyFigures } from './KeyFigures.tsx';
import { isPostgresOld } from './postgres-age.js';
import { SlotBar } from './SlotBar.tsx';
import { judge } from './verdict.js';
import { VerdictPanel } from './VerdictPanel.tsx';

const Charts = lazy(async () => ({ default: (await import('./Charts.tsx')).Charts }));

/** How the campaign stands this second: does it go well, where are the slots, how fast. */
export function NowScreen({ campaign }: { readonly campaign: Campaign }) {
  const { m, f } = useWords();
  const { latest, history, isStale, refusal } = useFigures(campaign.id);
  const { data: attention } = useQuery(attentionQuery);
  const { data: payouts } = useQuery(switchQuery);
  if (latest === null) {
    if (refusal) return <Failure error={refusal} />;
    return isStale ? (
      <p className="notice notice-watch" role="status">
        {m.failedOffline}
      </p>
    ) : (
      <Loading />
    );
  }
  const toApprove =
    attention?.items.find((item) => item.code === 'decision-to-approve' && item.campaignId === campaign.id)
      ?.count ?? 0;
  const isOld = isPostgresOld(latest);
  const time = f.clock(isOld ? latest.postgres.readAt : latest.at);
  const isPast = isStale || isOld;
  return (
    <div className={isStale ? 'now now-stale' : 'now'}>
      <p className={isPast ? 'as-of as-of-stale' : 'as-of'} role={isPast ? 'status' : undefined}>
        {isStale ? m.asOfReconnecting(time) : isOld ? m.asOfPostgres(time) : m.asOf(time)}
      </p>
      {isStale ? (
        <p className="notice notice-watch">{m.failedOffline}</p>
      ) : (
        <VerdictPanel
          campaign={campaign}
          figures={latest}
          verdict={judge(latest, toApprove, payouts?.state === 'STOPPED')}
        />
      )}
      <SlotBar campaign={campaign} figures={latest} />
      <KeyFigures figures={latest} />
      <Suspense fallback={<Loading />}>
        <Charts campaign={campaign} history={history} />
      </Suspense>
    </div>
  );
}
