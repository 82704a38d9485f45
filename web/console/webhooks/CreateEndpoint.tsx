import { useState } from 'react';
import { answerOf, api } from '../api/client.js';
import { useWords } from '../messages/language.tsx';
import { ActDialog } from '../parts/ActDialog.tsx';
import { Field } from '../parts/Field.tsx';
import { type EventType, EventTypes, useEventTypes } from './EventTypes.tsx';
import type { GivenSecret } from './SecretOnce.tsx';

/** Adds a receiver. Whoever is told of all types is told of those that come later, too. */
export function CreateEndpoint({ onSecret }: { readonly onSecret: (given: GivenSecret) => void }) {
  const { m } = useWords();
  const all = Object.keys(useEventTypes()) as EventType[];
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<EventType>>(() => new Set(all));
  const isWrong = url !== '' && !URL.canParse(url);
  return (
    <ActDialog
      {...{ label: m.webhooks.create, title: m.webhooks.createTitle, text: m.webhooks.createText }}
      {...{ weight: 'main', reasoned: false, isReady: url !== '' && !isWrong && chosen.size > 0 }}
      onOpen={() => {
        setUrl('');
        setDescription('');
        setChosen(new Set(all));
      }}
      run={async () => {
        const eventTypes = chosen.size === all.length ? null : [...chosen];
        const body = { url, description: description.trim(), eventTypes };
        onSecret(await answerOf(api.POST('/v1/webhook-endpoints', { body })));
      }}
    >
      <Field
        {...{ label: m.webhooks.url, help: m.webhooks.urlHelp, value: url, onChange: setUrl }}
        {...{ inputMode: 'url', autoComplete: 'off', maxLength: 2_000, autoFocus: true }}
        wrong={isWrong ? m.webhooks.urlWrong : null}
      />
      <Field
        {...{ label: m.webhooks.description, help: m.webhooks.descriptionHelp, maxLength: 200 }}
        {...{ value: description, onChange: setDescription }}
      />
      <EventTypes chosen={chosen} onChange={setChosen} />
    </ActDialog>
  );
}
