import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type Difference, reconciliationQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Pages } from '../parts/Pages.tsx';
import { stateWords, transferWords } from './payout-words.js';

/** What the last comparison with the provider's books found. The comparison itself is a command. */
export function Reconciliation({ campaignId }: { readonly campaignId: string }) {
  const { m, f } = useWords();
  const query = useInfiniteQuery(reconciliationQuery(campaignId));
  const first = query.data?.pages[0];
  const words = m.reconciliation;
  return (
    <section className="panel" aria-labelledby="reconciliation">
      <h2 id="reconciliation">{words.title}</h2>
      {first && first.comparedAt !== null ? (
        <p>
          {words.compared(f.precise(first.comparedAt))}{' '}
          {words.found(f.count(first.remaining), f.count(first.applied), f.count(first.undecided))}
        </p>
      ) : null}
      <Pages
        query={query}
        empty={<p className="empty">{first?.comparedAt == null ? words.never(campaignId) : words.agrees}</p>}
      >
        {(items) => <Differences {...{ campaignId, items }} />}
      </Pages>
    </section>
  );
}

interface DifferencesProps {
  readonly campaignId: string;
  readonly items: readonly Difference[];
}

function Differences({ campaignId, items }: DifferencesProps) {
  const { m } = useWords();
  const words = m.reconciliation;
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{m.people.user}</th>
          <th scope="col">{words.difference}</th>
          <th scope="col">{words.here}</th>
          <th scope="col">{words.there}</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ idempotencyKey, userId, kind, ours, theirs, applied }) => (
          <tr key={idempotencyKey}>
            <th scope="row">
              {userId === null ? (
                '–'
              ) : (
                <Link href={`/campaigns/${campaignId}/people/${userId}`}>{userId}</Link>
              )}
              <span className="quiet block">{idempotencyKey}</span>
            </th>
            <td data-label={words.difference}>
              <div>
                <Chip tone={applied ? 'done' : 'bad'}>{applied ? words.applied : m.now.act}</Chip>{' '}
                {words.kinds[kind]}
              </div>
            </td>
            <td data-label={words.here}>{ours === null ? words.nothing : stateWords(ours, m)}</td>
            <td data-label={words.there}>
              {theirs.length === 0 ? words.nothing : theirs.map((each) => transferWords(each, m)).join(', ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
