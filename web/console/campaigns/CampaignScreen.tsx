import { useQuery } from '@tanstack/react-query';
import { Link, Route, Switch, useLocation } from 'wouter';
import { isGone } from '../api/problem.js';
import { type Campaign, campaignQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { NowScreen } from '../now/NowScreen.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';
import { useTitle } from '../parts/title.js';
import { PayoutsScreen } from '../payouts/PayoutsScreen.tsx';
import { PeopleScreen } from '../people/PeopleScreen.tsx';
import { PersonScreen } from '../people/PersonScreen.tsx';
import { Acts } from '../trail/Acts.tsx';
import { campaignLabel, campaignTone } from './campaign-tone.js';
import { CampaignActs } from './CampaignActs.tsx';
import { TermsScreen } from './TermsScreen.tsx';

/** One campaign: its name and state above, what one looks at below. */
export function CampaignScreen({ id }: { readonly id: string }) {
  const { m, f } = useWords();
  const { data: campaign, error, refetch } = useQuery(campaignQuery(id));
  useTitle(campaign?.name ?? id);
  if (!campaign || isGone(error)) {
    return (
      <>
        <p>
          <Link href="/">{m.backToCampaigns}</Link>
        </p>
        <h1>{id}</h1>
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />}
      </>
    );
  }
  return (
    <>
      <div className="head">
        <div>
          <h1>
            {campaign.name} <Chip tone={campaignTone(campaign)}>{campaignLabel(campaign, m)}</Chip>
          </h1>
          <p className="quiet">
            {campaign.id} ·{' '}
            {m.campaigns.each(f.count(campaign.capacity), f.money(campaign.amount, campaign.currency))} ·{' '}
            <a href={`/c/${campaign.id}`} target="_blank">
              {m.campaigns.claimPage}
            </a>
          </p>
        </div>
        <CampaignActs campaign={campaign} />
      </div>
      <CampaignTabs id={id} />
      <CampaignParts campaign={campaign} />
    </>
  );
}

function CampaignTabs({ id }: { readonly id: string }) {
  const { m } = useWords();
  const [location] = useLocation();
  const base = `/campaigns/${id}`;
  const parts = [
    ['', m.tabs.now],
    ['/people', m.tabs.people],
    ['/payouts', m.tabs.payouts],
    ['/trail', m.tabs.trail],
    ['/terms', m.tabs.terms],
  ] as const;
  return (
    <nav className="tabs" aria-label={m.tabsLabel}>
      {parts.map(([path, label]) => {
        const isHere = path === '' ? location === base : location.startsWith(base + path);
        return (
          <Link key={path} href={base + path} aria-current={isHere ? 'page' : undefined}>
            {label}
          </Link>
        );
      })}
    </nav>
  );
}

function CampaignParts({ campaign }: { readonly campaign: Campaign }) {
  const { m } = useWords();
  const base = '/campaigns/:id';
  return (
    <Switch>
      <Route path={base}>
        <NowScreen campaign={campaign} />
      </Route>
      <Route path={`${base}/people`}>
        <PeopleScreen campaign={campaign} />
      </Route>
      <Route path={`${base}/people/:userId`}>
        {({ userId }) => <PersonScreen key={userId} campaign={campaign} userId={userId} />}
      </Route>
      <Route path={`${base}/payouts`}>
        <PayoutsScreen campaign={campaign} />
      </Route>
      <Route path={`${base}/trail`}>
        <Acts campaignId={campaign.id} />
      </Route>
      <Route path={`${base}/terms`}>
        <TermsScreen campaign={campaign} />
      </Route>
      <Route>
        <p className="notice">{m.notFound}</p>
      </Route>
    </Switch>
  );
}
