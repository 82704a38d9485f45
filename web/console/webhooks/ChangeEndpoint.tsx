import { useState } from 'react';
import { answerOf, api } from '../api/client.js';
import type { WebhookEndpoint } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { bodyOf, draftOf, isComplete } from './endpoint-draft.js';
import { EndpointFields } from './EndpointFields.tsx';
import { type EventType, useEventTypes } from './EventTypes.tsx';

/** Changes where a receiver is, what it is for, or what it is told. Its secret and what it has missed stay. */
export function ChangeEndpoint({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { m } = useWords();
  const all = Object.keys(useEventTypes()) as EventType[];
  const [draft, setDraft] = useState(() => draftOf(endpoint, all));
  return (
    <ActDialog
      {...{ label: m.webhooks.change, title: m.webhooks.changeTitle, text: m.webhooks.changeText }}
      isReady={isComplete(draft)}
      onOpen={() => setDraft(draftOf(endpoint, all))}
      run={(reason) => {
        const params = { path: { id: endpoint.id } };
        const body = { ...bodyOf(draft, all), reason };
        return answerOf(api.PATCH('/v1/webhook-endpoints/{id}', { params, body }));
      }}
    >
      <EndpointFields draft={draft} onChange={setDraft} />
    </ActDialog>
  );
}
