import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { endpointsQuery, type WebhookEndpoint } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';
import { useTitle } from '../parts/title.js';
import { CreateEndpoint } from './CreateEndpoint.tsx';
import { EndpointCard } from './EndpointCard.tsx';
import { type GivenSecret, SecretOnce } from './SecretOnce.tsx';

/** So many there may be. */
const MOST = 20;

/** Who is told by webhooks, how that goes, and what an operator can do about it. */
export function WebhooksScreen() {
  const { m, f } = useWords();
  useTitle(m.webhooks.title);
  const { data, error, refetch, dataUpdatedAt } = useQuery(endpointsQuery);
  const [given, setGiven] = useState<readonly GivenSecret[]>([]);
  const add = (secret: GivenSecret) => setGiven((before) => [...before, secret]);
  const mayChange = useMay('grants:campaigns');
  return (
    <>
      <div className="head">
        <h1>{m.webhooks.title}</h1>
        {mayChange && data && data.items.length < MOST ? <CreateEndpoint onSecret={add} /> : null}
      </div>
      <p className="quiet">{m.webhooks.about}</p>
      {given.map((one) => (
        <SecretOnce
          key={one.secret}
          given={one}
          onStored={() => setGiven((before) => before.filter((other) => other !== one))}
        />
      ))}
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
          <Endpoints endpoints={data.items} onSecret={add} />
        </>
      )}
    </>
  );
}

interface EndpointsProps {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly onSecret: (given: GivenSecret) => void;
}

function Endpoints({ endpoints, onSecret }: EndpointsProps) {
  const { m } = useWords();
  if (endpoints.length === 0) return <p className="empty">{m.webhooks.empty}</p>;
  return (
    <ul className="cards">
      {endpoints.map((endpoint) => (
        <EndpointCard key={endpoint.id} endpoint={endpoint} onSecret={onSecret} />
      ))}
    </ul>
  );
}
