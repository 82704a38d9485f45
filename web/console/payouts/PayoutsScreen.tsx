import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearch } from 'wouter';
import { type Campaign, type PayoutState, payoutsQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Pages } from '../parts/Pages.tsx';
import { Decisions } from './Decisions.tsx';
import { HeldUp } from './HeldUp.tsx';
import { PayoutList } from './PayoutList.tsx';
import { PAYOUT_STATES } from './payout-tone.js';
import { Reconciliation } from './Reconciliation.tsx';

/** The money: why it waits, what needs a decision, and what was decided. */
export function PayoutsScreen({ campaign }: { readonly campaign: Campaign }) {
  const { m } = useWords();
  const asked = new URLSearchParams(useSearch()).get('state');
  const [state, setState] = useState<PayoutState | ''>(
    PAYOUT_STATES.find((each) => each === asked) ?? 'HELD',
  );
  const query = useInfiniteQuery({ ...payoutsQuery(campaign.id, state), refetchInterval: 10_000 });
  const first = query.data?.pages[0];
  return (
    <>
      {first ? <HeldUp state={first.state} codes={first.heldUp} /> : null}
      <div className="filters">
        <Choice
          {...{ label: m.payouts.list, value: state, onChange: setState }}
          options={[
            ...PAYOUT_STATES.map((each) => [each, m.payouts.state[each]] as const),
            ['', m.payouts.all],
          ]}
        />
      </div>
      <Pages
        query={query}
        empty={<p className="empty">{state === 'HELD' ? m.payouts.emptyHELD : m.payouts.empty}</p>}
      >
        {(payouts) => <PayoutList key={state} campaignId={campaign.id} payouts={payouts} />}
      </Pages>
      <Decisions campaignId={campaign.id} />
      {campaign.payoutProvider === 'ledger' ? null : <Reconciliation campaignId={campaign.id} />}
    </>
  );
}
