import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answerOf, api } from '../api/client.js';
import type { AttentionItem } from '../api/live.js';
import { attentionQuery, switchQuery } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import type { Reason } from '../now/verdict.js';
import { ActDialog } from '../parts/ActDialog.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';
import { useTitle } from '../parts/title.js';
import { consolePath } from './console-path.js';
import { PublicLog } from './PublicLog.tsx';

const ALL_PAYOUTS = '/v1/payouts';
/** What the console has a screen for. */
const SHOWN = ['/v1/campaigns/', '/v1/webhook-endpoints'];

/** Whatever waits for a human, in any campaign, each with its next step. */
export function AttentionScreen() {
  const { m, f } = useWords();
  useTitle(m.attention.title);
  const { data, error, refetch, dataUpdatedAt } = useQuery(attentionQuery);
  return (
    <>
      <div className="head">
        <h1>{m.attention.title}</h1>
        {useMay('grants:payouts') ? <StopAll /> : null}
      </div>
      {data === undefined ? (
        error ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : (
        <>
          <p className={error ? 'as-of as-of-stale' : 'as-of'}>
            {error ? m.asOfReconnecting(f.clock(dataUpdatedAt)) : m.asOf(f.clock(dataUpdatedAt))}
          </p>
          {data.items.length === 0 ? (
            <div className="verdict verdict-good">
              <span aria-hidden="true">✓</span> {m.attention.none}{' '}
              <span className="quiet">{m.attention.noneText}</span>
            </div>
          ) : (
            <ul className="cards">
              {data.items.map((item) => (
                <AttentionCard key={`${item.code} ${item.campaignId}`} item={item} />
              ))}
            </ul>
          )}
        </>
      )}
      <PublicLog />
    </>
  );
}

function AttentionCard({ item }: { readonly item: AttentionItem }) {
  const { m, f } = useWords();
  // A code that this console does not know yet is told in the API's own words.
  const reasons: Readonly<Record<string, (typeof m.reasons)[Reason] | undefined>> = m.reasons;
  const known = reasons[item.code];
  return (
    <li className="card card-act">
      <p>
        <strong>
          {known?.what ?? item.code}
          {item.count === null ? null : `: ${f.count(item.count)}`}
        </strong>{' '}
        <span className="quiet">
          {item.campaignId ?? m.attention.everywhere}
          {item.since === null ? null : ` · ${m.attention.since(f.precise(item.since))}`}
        </span>
      </p>
      <p>{known?.next ?? item.nextStep}</p>
      {!SHOWN.some((path) => item.href.startsWith(path)) ? null : (
        <p>
          <Link className="button button-plain" href={consolePath(item.href)}>
            {m.attention.look}
          </Link>
        </p>
      )}
    </li>
  );
}

/** The brake for everything: it is here, and not on each campaign, so that nobody pulls it by mistake. */
function StopAll() {
  const { m } = useWords();
  const { data } = useQuery(switchQuery);
  if (!data) return null;
  const turn = (state: 'RUNNING' | 'STOPPED') => (reason: string) =>
    answerOf(api.PATCH(ALL_PAYOUTS, { body: { state, reason } }));
  return data.state === 'STOPPED' ? (
    <ActDialog
      {...{ label: m.payouts.resumeAll, title: m.payouts.resumeAllTitle, text: m.payouts.resumeAllText }}
      weight="main"
      run={turn('RUNNING')}
    />
  ) : (
    <ActDialog
      {...{ label: m.payouts.stopAll, title: m.payouts.stopAllTitle, text: m.payouts.stopAllText }}
      {...{ weight: 'danger', confirmBy: 'STOP' }}
      run={turn('STOPPED')}
    />
  );
}
