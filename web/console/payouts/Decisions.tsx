import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.js';
import { type Decision, decisionsQuery } from '../api/reads.js';
import { useMay, useOperator } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';

/** Decisions on many payouts: what waits for a second person, and what was applied. */
export function Decisions({ campaignId }: { readonly campaignId: string }) {
  const { m } = useWords();
  const { data, error, refetch } = useQuery(decisionsQuery(campaignId));
  return (
    <section className="panel" aria-labelledby="decisions">
      <h2 id="decisions">{m.payouts.decisions}</h2>
      {data === undefined ? (
        error ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : data.items.length === 0 ? (
        <p className="quiet">{m.payouts.noDecisions}</p>
      ) : (
        <ul className="cards">
          {data.items.map((decision) => (
            <DecisionCard key={decision.id} decision={decision} />
          ))}
        </ul>
      )}
    </section>
  );
}

function DecisionCard({ decision }: { readonly decision: Decision }) {
  const { m, f } = useWords();
  return (
    <li className="card">
      <p>
        <strong>
          {m.payouts.decision[decision.decision]}: {m.payouts.covers(f.count(decision.count))}
        </strong>
      </p>
      <p>{decision.reason}</p>
      <p className="quiet">{m.payouts.proposedBy(decision.proposedBy, f.precise(decision.proposedAt))}</p>
      <Standing decision={decision} />
    </li>
  );
}

function Standing({ decision }: { readonly decision: Decision }) {
  const { m, f } = useWords();
  const mayApprove = useMay('grants:payouts');
  const operator = useOperator();
  const { id, campaignId, appliedAt, approvedBy } = decision;
  if (appliedAt !== null) {
    return (
      <p>
        <Chip tone="done">{m.payouts.applied(f.count(decision.applied ?? 0), f.count(decision.count))}</Chip>{' '}
        {approvedBy === null ? null : (
          <span className="quiet">{m.payouts.approvedBy(approvedBy, f.precise(appliedAt))}</span>
        )}
      </p>
    );
  }
  if (decision.expired) return <p className="quiet">{m.payouts.expired}</p>;
  return (
    <div className="acts">
      <Chip tone="watch">{m.payouts.waits}</Chip>
      {!mayApprove ? null : decision.proposedBy === operator.id ? (
        <span className="quiet">{m.payouts.yours}</span>
      ) : (
        <ActDialog
          {...{ label: m.payouts.approve, title: m.payouts.approveTitle(f.count(decision.count)) }}
          {...{
            text: m.payouts.approveText,
            weight: 'main',
            reasoned: false,
            confirmBy: String(decision.count),
          }}
          run={() => {
            const params = { path: { id: campaignId, decisionId: id } };
            return answerOf(
              api.POST('/v1/campaigns/{id}/payout-decisions/{decisionId}/approval', { params }),
            );
          }}
        />
      )}
    </div>
  );
}
