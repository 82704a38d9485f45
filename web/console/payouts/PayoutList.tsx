import { useState } from 'react';
import { Link } from 'wouter';
import { answerOf, api } from '../api/client.js';
import type { Payout } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { Chip } from '../parts/Chip.tsx';
import { DecidePayout } from './DecidePayout.tsx';
import { DecisionChoice } from './DecisionChoice.tsx';
import { PAYOUT_TONES } from './payout-tone.js';
import { troubleWords } from './payout-words.js';

interface PayoutListProps {
  readonly campaignId: string;
  readonly payouts: readonly Payout[];
}

/** Payouts with their evidence. Those that are HELD can be selected and decided together. */
export function PayoutList({ campaignId, payouts }: PayoutListProps) {
  const { m } = useWords();
  const mayDecide = useMay('grants:payouts');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = payouts.filter(({ userId, state }) => state === 'HELD' && selected.has(userId));
  const toggle = (userId: string): void => {
    const next = new Set(selected);
    if (!next.delete(userId)) next.add(userId);
    setSelected(next);
  };
  return (
    <>
      {mayDecide && chosen.length > 0 ? (
        <DecideMany
          campaignId={campaignId}
          userIds={chosen.map(({ userId }) => userId)}
          onDone={() => setSelected(new Set())}
        />
      ) : null}
      <table className="list">
        <thead>
          <tr>
            <th scope="col">{m.people.user}</th>
            <th scope="col">{m.campaigns.state}</th>
            <th scope="col">{m.payouts.evidence}</th>
            {mayDecide ? <th scope="col">{m.payouts.decide}</th> : null}
          </tr>
        </thead>
        <tbody>
          {payouts.map((payout) => (
            <tr key={payout.userId}>
              <th scope="row">
                {mayDecide && payout.state === 'HELD' ? (
                  <input
                    type="checkbox"
                    aria-label={m.payouts.select(payout.userId)}
                    checked={selected.has(payout.userId)}
                    onChange={() => toggle(payout.userId)}
                  />
                ) : null}{' '}
                <Link href={`/campaigns/${campaignId}/people/${payout.userId}`}>{payout.userId}</Link>
              </th>
              <td data-label={m.campaigns.state}>
                <Chip tone={PAYOUT_TONES[payout.state]}>{m.payouts.state[payout.state]}</Chip>
              </td>
              <td data-label={m.payouts.evidence}>
                <Evidence payout={payout} />
              </td>
              {mayDecide ? (
                <td data-label={m.payouts.decide}>
                  {payout.state === 'HELD' || payout.state === 'IN_DOUBT' ? (
                    <DecidePayout campaignId={campaignId} payout={payout} />
                  ) : (
                    '–'
                  )}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Evidence({ payout }: { readonly payout: Payout }) {
  const { m, f } = useWords();
  return (
    <>
      {payout.lastError === null ? m.payouts.noError : troubleWords(payout.lastError, m)} ·{' '}
      {m.payouts.attempts(f.count(payout.attempts))}
      <span className="quiet block">
        {payout.firstSentAt === null
          ? m.payouts.neverSent
          : m.payouts.firstSent(f.precise(payout.firstSentAt))}
        {' · '}
        {m.payouts.changed(f.precise(payout.updatedAt))}
      </span>
    </>
  );
}

interface DecideManyProps {
  readonly campaignId: string;
  readonly userIds: string[];
  readonly onDone: () => void;
}

function DecideMany({ campaignId, userIds, onDone }: DecideManyProps) {
  const { m, f } = useWords();
  const [decision, setDecision] = useState<'RESEND' | 'SETTLED' | 'REJECTED' | null>(null);
  const count = f.count(userIds.length);
  return (
    <div className="selection">
      <span role="status">{m.payouts.selected(count)}</span>
      <ActDialog
        {...{
          label: m.payouts.decideMany,
          title: m.payouts.decideManyTitle(count),
          text: m.payouts.decideText,
        }}
        {...{ weight: 'main', isReady: decision !== null, confirmBy: String(userIds.length), onDone }}
        onOpen={() => setDecision(null)}
        run={async (reason) => {
          if (decision === null) return;
          const params = { path: { id: campaignId } };
          const body = { decision, reason, userIds };
          await answerOf(api.POST('/v1/campaigns/{id}/payout-decisions', { params, body }));
        }}
      >
        <DecisionChoice options={['SETTLED', 'REJECTED', 'RESEND']} value={decision} onChange={setDecision} />
      </ActDialog>
    </div>
  );
}
