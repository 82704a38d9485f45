import type { WebhookEndpoint } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';

export type EventType = NonNullable<WebhookEndpoint['eventTypes']>[number];

/** Each type in the viewer's words. */
export function useEventTypes(): Readonly<Record<EventType, string>> {
  return useWords().m.webhooks.types;
}

interface EventTypesProps {
  readonly chosen: ReadonlySet<EventType>;
  readonly onChange: (chosen: ReadonlySet<EventType>) => void;
}

/** What an endpoint is told, type by type. */
export function EventTypes({ chosen, onChange }: EventTypesProps) {
  const { m } = useWords();
  const words = useEventTypes();
  const toggle = (type: EventType): void => {
    const next = new Set(chosen);
    if (!next.delete(type)) next.add(type);
    onChange(next);
  };
  return (
    <fieldset className="checks">
      <legend>{m.webhooks.told}</legend>
      {(Object.keys(words) as EventType[]).map((type) => (
        <label key={type}>
          <input type="checkbox" checked={chosen.has(type)} onChange={() => toggle(type)} /> {words[type]}
        </label>
      ))}
    </fieldset>
  );
}
