import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { answerOf, api } from '../api/client.js';
import type { components } from '../../../client/openapi.js';
import { type Campaign, statsQuery, switchQuery } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { isDeletable } from './deletable.js';

const change = (id: string, body: components['schemas']['ChangeCampaignDto']) =>
  answerOf(api.PATCH('/v1/campaigns/{id}', { params: { path: { id } }, body }));

const turn = (id: string, state: 'RUNNING' | 'STOPPED', reason: string) =>
  answerOf(api.PATCH('/v1/campaigns/{id}/payouts', { params: { path: { id } }, body: { state, reason } }));

/** What the operator may do to the campaign as it stands. An act that would be refused has no button. */
export function CampaignActs({ campaign }: { readonly campaign: Campaign }) {
  const mayChange = useMay('grants:campaigns');
  const mayPay = useMay('grants:payouts');
  return (
    <div className="acts">
      {mayPay && campaign.finishedAt === null ? <PayoutSwitch id={campaign.id} /> : null}
      {mayChange ? <StateActs campaign={campaign} /> : null}
    </div>
  );
}

function PayoutSwitch({ id }: { readonly id: string }) {
  const { m } = useWords();
  const { data } = useQuery(switchQuery);
  if (!data) return null;
  const ofCampaign = data.stops.some((stop) => stop.campaignId === id) ? (
    <ActDialog
      {...{ label: m.act.start, title: m.act.startTitle, text: m.act.startText, weight: 'main' }}
      run={(reason) => turn(id, 'RUNNING', reason)}
    />
  ) : (
    <ActDialog
      {...{ label: m.act.stop, title: m.act.stopTitle, text: m.act.stopText }}
      run={(reason) => turn(id, 'STOPPED', reason)}
    />
  );
  if (data.state !== 'STOPPED') return ofCampaign;
  return (
    <>
      {ofCampaign}
      <Link className="button button-main" href="/attention">
        {m.payouts.resumeAll}
      </Link>
    </>
  );
}

function StateActs({ campaign }: { readonly campaign: Campaign }) {
  const { m } = useWords();
  const { id, state, finishedAt } = campaign;
  if (state === 'CLOSED' || finishedAt !== null) return <Removal campaign={campaign} />;
  return (
    <>
      {state === 'PAUSED' ? (
        <ActDialog
          {...{ label: m.act.resume, title: m.act.resumeTitle, text: m.act.resumeText, weight: 'main' }}
          run={(reason) => change(id, { state: 'OPEN', reason })}
        />
      ) : (
        <ActDialog
          {...{ label: m.act.pause, title: m.act.pauseTitle, text: m.act.pauseText }}
          run={(reason) => change(id, { state: 'PAUSED', reason })}
        />
      )}
      <ActDialog
        {...{ label: m.act.close, title: m.act.closeTitle, text: m.act.closeText, weight: 'danger' }}
        confirmBy={id}
        run={(reason) => change(id, { state: 'CLOSED', reason })}
      />
      <Removal campaign={campaign} />
    </>
  );
}

/** Only while nobody has claimed; afterwards a campaign is closed instead. */
function Removal({ campaign }: { readonly campaign: Campaign }) {
  const { m } = useWords();
  const { id } = campaign;
  const [, go] = useLocation();
  const queries = useQueryClient();
  const { data: stats } = useQuery(statsQuery(id));
  if (!stats || !isDeletable(campaign, stats)) return null;
  return (
    <ActDialog
      {...{ label: m.act.remove, title: m.act.removeTitle, text: m.act.removeText, weight: 'danger' }}
      confirmBy={id}
      reasoned={false}
      run={() => answerOf(api.DELETE('/v1/campaigns/{id}', { params: { path: { id } } }))}
      onDone={() => {
        go('/');
        // Whoever comes back by the browser's history must not find it as it was.
        queries.removeQueries({ queryKey: ['campaign', id] });
      }}
    />
  );
}
