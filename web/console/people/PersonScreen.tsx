import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import {
  type Campaign,
  figuresQuery,
  isListedQuery,
  lastPersonQuery,
  payoutQuery,
  type Person,
  personQuery,
  switchQuery,
} from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';
import { PERSON_TONES } from './person-tone.js';
import { PersonActs } from './PersonActs.tsx';
import { PersonPayout } from './PersonPayout.tsx';
import { isEveryPlaceTaken } from './places.js';
import { Timeline } from './Timeline.tsx';

interface PersonScreenProps {
  readonly campaign: Campaign;
  readonly userId: string;
}

/** What became of one person, in words that can be told to them, and the evidence below. */
export function PersonScreen({ campaign, userId }: PersonScreenProps) {
  const { m } = useWords();
  const { data: person, error, refetch } = useQuery(personQuery(campaign.id, userId));
  if (person === undefined)
    return error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <div className="head">
        <h2 className="large">
          {m.person.title(userId)} {person ? <Standing campaignId={campaign.id} person={person} /> : null}
        </h2>
        {person ? <PersonActs campaign={campaign} person={person} /> : null}
      </div>
      {person ? (
        <>
          <section className="panel" aria-label={m.person.why}>
            <InShort person={person} campaignId={campaign.id} />
          </section>
          <Timeline campaignId={campaign.id} userId={userId} />
          {person.grantSeq === null ? null : <PersonPayout campaignId={campaign.id} userId={userId} />}
        </>
      ) : (
        <NoRecord campaign={campaign} userId={userId} />
      )}
    </>
  );
}

interface PersonProps {
  readonly campaignId: string;
  readonly person: Person;
}

/** Whether operators have to find out what became of the money. */
function useIsHeld({ campaignId, person }: PersonProps): boolean {
  const { data: payout } = useQuery(payoutQuery(campaignId, person.userId));
  return person.status === 'PENDING' && payout?.state === 'HELD';
}

/** Whether payouts are stopped, of this campaign or of all. */
function useAreStopped(campaignId: string): boolean {
  const { data } = useQuery(switchQuery);
  return data?.state === 'STOPPED' || data?.stops.some((stop) => stop.campaignId === campaignId) === true;
}

function Standing({ campaignId, person }: PersonProps) {
  const { m } = useWords();
  if (useIsHeld({ campaignId, person })) return <Chip tone="watch">{m.person.beingChecked}</Chip>;
  return <Chip tone={PERSON_TONES[person.status]}>{m.status[person.status]}</Chip>;
}

function InShort({ person, campaignId }: PersonProps) {
  const { m, f } = useWords();
  const from = (person.slotFrom ?? null) as { readonly userId?: string } | null;
  return (
    <>
      <p>{m.person.place(f.count(person.arrivalNo), f.precise(person.createdAt))}</p>
      {person.promotedAt === null ? null : <p>{m.person.promoted(f.precise(person.promotedAt))}</p>}
      <p>
        <strong>
          <Outcome campaignId={campaignId} person={person} />
        </strong>
      </p>
      {from?.userId === undefined ? null : (
        <p className="quiet">
          <Link href={`/campaigns/${campaignId}/people/${from.userId}`}>{m.person.title(from.userId)}</Link>{' '}
          {m.person.slotFrom}
        </p>
      )}
    </>
  );
}

function Outcome({ campaignId, person }: PersonProps) {
  const { m, f } = useWords();
  const isHeld = useIsHeld({ campaignId, person });
  const isStopped = useAreStopped(campaignId);
  const slot = person.grantSeq === null ? '–' : f.count(person.grantSeq);
  switch (person.status) {
    case 'PENDING':
      if (isHeld) return m.person.HELD(slot);
      return isStopped ? m.person.STOPPED(slot) : m.person.PENDING(slot);
    case 'SUCCESS':
      return m.person.SUCCESS(slot, f.precise(person.paidAt ?? person.updatedAt));
    case 'FAILED':
      return m.person.FAILED(m.failure[person.failureReason ?? ''] ?? person.failureReason ?? '–');
    default:
      return m.person[person.status];
  }
}

/** Most of those who complain: they have no place. Says what can be said, and up to where places were given. */
function NoRecord({ campaign, userId }: PersonScreenProps) {
  const { m } = useWords();
  const { data: isListed } = useQuery(isListedQuery(campaign.id, userId));
  return (
    <section className="panel">
      <p>
        <strong>{m.person.noRecord(userId)}</strong>
      </p>
      <p>{isListed === false ? m.person.notOnTheList : m.person.noRecordWhy}</p>
      {isListed === false ? null : <LastPlace campaign={campaign} />}
    </section>
  );
}

/** Up to whom places were given, and whether any is left. */
function LastPlace({ campaign }: { readonly campaign: Campaign }) {
  const { m, f } = useWords();
  const { data: last } = useQuery(lastPersonQuery(campaign.id));
  const { data: figures } = useQuery(figuresQuery(campaign.id));
  if (last === undefined) return null;
  if (last === null) return <p>{m.person.nobodyYet}</p>;
  const isFull = figures && isEveryPlaceTaken(figures, campaign);
  return (
    <p>
      {m.person.lastPlace(f.count(last.arrivalNo), f.precise(last.createdAt))}{' '}
      {isFull === undefined ? null : isFull ? <NoneLeft campaign={campaign} /> : m.person.placesLeft}
    </p>
  );
}

function NoneLeft({ campaign }: { readonly campaign: Campaign }) {
  const { m, f } = useWords();
  if (campaign.endedAt === null || campaign.state === 'CLOSED') return m.person.everyPlaceTaken;
  return m.person.allPaid(f.count(campaign.capacity), f.precise(campaign.endedAt));
}
