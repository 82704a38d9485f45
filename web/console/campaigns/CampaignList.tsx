import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { Link } from 'wouter';
import { attentionQuery, type Campaign, type CampaignState, campaignsQuery } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Pages } from '../parts/Pages.tsx';
import { useTitle } from '../parts/title.js';
import { CAMPAIGN_STATES, campaignLabel, campaignTone } from './campaign-tone.js';

/** All campaigns, the newest first; found by a part of the name or id. */
export function CampaignList() {
  const { m } = useWords();
  useTitle(m.campaigns.title);
  const [search, setSearch] = useState('');
  const [state, setState] = useState<CampaignState | ''>('');
  const asked = useDeferredValue(search.trim());
  const query = useInfiniteQuery(campaignsQuery(asked, state));
  return (
    <>
      <div className="head">
        <h1>{m.campaigns.title}</h1>
        {useMay('grants:campaigns') ? (
          <Link className="button button-main" href="/new">
            {m.campaigns.create}
          </Link>
        ) : null}
      </div>
      <div className="filters">
        <SearchField className="field" value={search} onChange={setSearch} maxLength={200}>
          <Label>{m.campaigns.search}</Label>
          <Input />
        </SearchField>
        <Choice
          label={m.campaigns.state}
          value={state}
          onChange={setState}
          options={[
            ['', m.campaigns.anyState],
            ...CAMPAIGN_STATES.map((each) => [each, m.state[each]] as const),
          ]}
        />
      </div>
      <Pages query={query} empty={<NoCampaign isSearch={asked !== '' || state !== ''} />}>
        {(campaigns) => <CampaignTable campaigns={campaigns} />}
      </Pages>
    </>
  );
}

function CampaignTable({ campaigns }: { readonly campaigns: readonly Campaign[] }) {
  const { m } = useWords();
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{m.campaigns.name}</th>
          <th scope="col">{m.campaigns.state}</th>
          <th scope="col">{m.campaigns.gives}</th>
          <th scope="col">{m.campaigns.schedule}</th>
          <th scope="col">{m.campaigns.attention}</th>
        </tr>
      </thead>
      <tbody>
        {campaigns.map((campaign) => (
          <CampaignRow key={campaign.id} campaign={campaign} />
        ))}
      </tbody>
    </table>
  );
}

function CampaignRow({ campaign }: { readonly campaign: Campaign }) {
  const { m, f } = useWords();
  const { data: attention } = useQuery(attentionQuery);
  const waiting = attention?.items.filter((item) => item.campaignId === campaign.id).length;
  return (
    <tr>
      <th scope="row">
        <Link href={`/campaigns/${campaign.id}`}>{campaign.name}</Link>
        <span className="quiet block">{campaign.id}</span>
      </th>
      <td data-label={m.campaigns.state}>
        <Chip tone={campaignTone(campaign)}>{campaignLabel(campaign, m)}</Chip>
      </td>
      <td data-label={m.campaigns.gives}>
        {m.campaigns.each(f.count(campaign.capacity), f.money(campaign.amount, campaign.currency))}
      </td>
      <td data-label={m.campaigns.schedule}>
        <span>
          {campaign.opensAt === null ? m.campaigns.fromCreation : f.moment(campaign.opensAt)}
          {' – '}
          {campaign.closesAt === null ? m.campaigns.untilClosed : f.moment(campaign.closesAt)}
        </span>
      </td>
      <td data-label={m.campaigns.attention}>
        {waiting === undefined ? null : waiting > 0 ? (
          <Chip tone="bad">{m.campaigns.needsYou(f.count(waiting))}</Chip>
        ) : (
          <span className="quiet">{m.campaigns.allWell}</span>
        )}
      </td>
    </tr>
  );
}

function NoCampaign({ isSearch }: { readonly isSearch: boolean }) {
  const { m } = useWords();
  if (isSearch) return <p className="empty">{m.campaigns.noMatch}</p>;
  return (
    <div className="empty">
      <strong>{m.campaigns.emptyTitle}</strong>
      <p>{m.campaigns.emptyText}</p>
    </div>
  );
}
