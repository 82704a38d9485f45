import type { ReactNode } from 'react';
import type { WebhookEndpoint } from '../api/reads.js';
import { useMay } from '../api/session.tsx';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import { Facts } from '../parts/Facts.tsx';
import { EndpointActs } from './EndpointActs.tsx';
import { ENDPOINT_TONES, endpointState } from './endpoint-state.js';
import { useEventTypes } from './EventTypes.tsx';
import type { GivenSecret } from './SecretOnce.tsx';

interface EndpointCardProps {
  readonly endpoint: WebhookEndpoint;
  readonly onSecret: (given: GivenSecret) => void;
}

/** A receiver: what it is told, how that goes, and what can be done. */
export function EndpointCard({ endpoint, onSecret }: EndpointCardProps) {
  const { m, f } = useWords();
  const words = m.webhooks;
  const types = useEventTypes();
  const state = endpointState(endpoint);
  const at = (time: string | null, none: string): string => (time === null ? none : f.precise(time));
  const facts: readonly (readonly [string, ReactNode])[] = [
    [words.told, endpoint.eventTypes?.map((type) => types[type]).join(', ') ?? words.everything],
    [words.acceptedAt, at(endpoint.acceptedAt, words.never)],
    [words.waitingSince, at(endpoint.waitingSince, words.nothingWaits)],
    [words.lastFailure, <LastFailure key="failure" endpoint={endpoint} />],
    ...(endpoint.previousSecretUntil === null
      ? []
      : [[words.previousSecret, f.precise(endpoint.previousSecretUntil)] as const]),
  ];
  return (
    <li className={ENDPOINT_TONES[state] === 'bad' ? 'card card-act' : 'card'} aria-label={endpoint.url}>
      <p>
        <strong className="long">{endpoint.url}</strong> <span className="quiet">{endpoint.description}</span>
      </p>
      <p>
        <Chip tone={ENDPOINT_TONES[state]}>{words.state[state]}</Chip>{' '}
        {endpoint.isReplaying ? <Chip tone="busy">{words.replaying}</Chip> : null}{' '}
        {endpoint.offAt === null ? null : (
          <span className="quiet">{m.attention.since(f.precise(endpoint.offAt))}</span>
        )}
      </p>
      <Facts facts={facts} />
      {useMay('grants:campaigns') ? <EndpointActs endpoint={endpoint} onSecret={onSecret} /> : null}
    </li>
  );
}

/** In the viewer's words where they are known. */
function LastFailure({ endpoint: { lastFailure, failingSince } }: { readonly endpoint: WebhookEndpoint }) {
  const { m, f } = useWords();
  if (lastFailure === null) return m.none;
  const status = /^answered-(\d+)$/.exec(lastFailure)?.[1];
  return (
    <>
      {status === undefined ? (m.webhooks.failure[lastFailure] ?? lastFailure) : m.webhooks.answered(status)}{' '}
      {failingSince === null ? null : (
        <span className="quiet">{m.webhooks.failingSince(f.precise(failingSince))}</span>
      )}
    </>
  );
}
