import { useWords } from '../messages/language.tsx';
import { Field } from '../parts/Field.tsx';
import type { EndpointDraft } from './endpoint-draft.js';
import { EventTypes } from './EventTypes.tsx';

interface EndpointFieldsProps {
  readonly draft: EndpointDraft;
  readonly onChange: (draft: EndpointDraft) => void;
}

/** Where a receiver is, what it is for, and what it is told. */
export function EndpointFields({ draft, onChange }: EndpointFieldsProps) {
  const { m } = useWords();
  const { url, description, chosen } = draft;
  return (
    <>
      <Field
        {...{ label: m.webhooks.url, help: m.webhooks.urlHelp, value: url }}
        {...{ inputMode: 'url', autoComplete: 'off', maxLength: 2_000, autoFocus: true }}
        onChange={(entered) => onChange({ ...draft, url: entered })}
        wrong={url !== '' && !URL.canParse(url) ? m.webhooks.urlWrong : null}
      />
      <Field
        {...{ label: m.webhooks.description, help: m.webhooks.descriptionHelp, maxLength: 200 }}
        {...{ value: description, onChange: (entered) => onChange({ ...draft, description: entered }) }}
      />
      <EventTypes chosen={chosen} onChange={(types) => onChange({ ...draft, chosen: types })} />
    </>
  );
}
