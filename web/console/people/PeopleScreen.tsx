import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { type Campaign, type PeopleFilter, peopleQuery, type Person } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Pages } from '../parts/Pages.tsx';
import { FindPerson } from './FindPerson.tsx';
import { PERSON_STATES, PERSON_TONES } from './person-tone.js';

/** Everybody who has a place, in order of arrival. */
export function PeopleScreen({ campaign }: { readonly campaign: Campaign }) {
  const { m } = useWords();
  const [status, setStatus] = useState<Person['status'] | ''>('');
  const filter: PeopleFilter = status === '' ? {} : { status: [status] };
  const query = useInfiniteQuery(peopleQuery(campaign.id, filter));
  const file = `/v1/campaigns/${campaign.id}/grants.csv${status === '' ? '' : `?status=${status}`}`;
  return (
    <>
      <FindPerson campaignId={campaign.id} />
      <div className="filters">
        <Choice
          {...{ label: m.people.status, value: status, onChange: setStatus }}
          options={[['', m.people.any], ...PERSON_STATES.map((each) => [each, m.status[each]] as const)]}
        />
        <a className="button button-plain" href={file} download={`${campaign.id}.csv`}>
          {m.people.export}
        </a>
      </div>
      <Pages
        query={query}
        empty={<p className="empty">{status === '' ? m.people.empty : m.people.emptyFilter}</p>}
      >
        {(people) => <PeopleTable campaignId={campaign.id} people={people} />}
      </Pages>
    </>
  );
}

interface PeopleTableProps {
  readonly campaignId: string;
  readonly people: readonly Person[];
}

function PeopleTable({ campaignId, people }: PeopleTableProps) {
  const { m, f } = useWords();
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{m.people.user}</th>
          <th scope="col">{m.people.arrivalNo}</th>
          <th scope="col">{m.people.slot}</th>
          <th scope="col">{m.people.came}</th>
          <th scope="col">{m.people.outcome}</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.userId}>
            <th scope="row">
              <Link href={`/campaigns/${campaignId}/people/${person.userId}`}>{person.userId}</Link>
            </th>
            <td data-label={m.people.arrivalNo}>{f.count(person.arrivalNo)}</td>
            <td data-label={m.people.slot}>{person.grantSeq === null ? '–' : f.count(person.grantSeq)}</td>
            <td data-label={m.people.came}>{f.precise(person.createdAt)}</td>
            <td data-label={m.people.outcome}>
              <Chip tone={PERSON_TONES[person.status]}>{m.status[person.status]}</Chip>
              {person.failureReason ? (
                <span className="quiet block">{m.failure[person.failureReason] ?? person.failureReason}</span>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
