import { useState } from 'react';
import { answerOf, api } from '../api/client.js';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { bodyOf, draftOf, isComplete } from './endpoint-draft.js';
import { EndpointFields } from './EndpointFields.tsx';
import { type EventType, useEventTypes } from './EventTypes.tsx';
import type { GivenSecret } from './SecretOnce.tsx';

/** Adds a receiver. */
export function CreateEndpoint({ onSecret }: { readonly onSecret: (given: GivenSecret) => void }) {
  const { m } = useWords();
  const all = Object.keys(useEventTypes()) as EventType[];
  const [draft, setDraft] = useState(() => draftOf(null, all));
  return (
    <ActDialog
      {...{ label: m.webhooks.create, title: m.webhooks.createTitle, text: m.webhooks.createText }}
      {...{ weight: 'main', reasoned: false, isReady: isComplete(draft) }}
      onOpen={() => setDraft(draftOf(null, all))}
      run={async () =>
        onSecret(await answerOf(api.POST('/v1/webhook-endpoints', { body: bodyOf(draft, all) })))
      }
    >
      <EndpointFields draft={draft} onChange={setDraft} />
    </ActDialog>
  );
}
