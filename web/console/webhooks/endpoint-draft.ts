import type { WebhookEndpoint } from '../api/reads.js';
import type { EventType } from './EventTypes.tsx';

/** What an operator enters about a receiver. */
export interface EndpointDraft {
  readonly url: string;
  readonly description: string;
  readonly chosen: ReadonlySet<EventType>;
}

/** What the form begins with. @param all every type that there is */
export function draftOf(endpoint: WebhookEndpoint | null, all: readonly EventType[]): EndpointDraft {
  return {
    url: endpoint?.url ?? '',
    description: endpoint?.description ?? '',
    chosen: new Set(endpoint?.eventTypes ?? all),
  };
}

/** Whether the API may be asked for it. */
export function isComplete({ url, chosen }: EndpointDraft): boolean {
  return URL.canParse(url) && chosen.size > 0;
}

/** As the API takes it. Whoever is told of all types is told of those that come later, too. */
export function bodyOf({ url, description, chosen }: EndpointDraft, all: readonly EventType[]) {
  return {
    url,
    description: description.trim(),
    eventTypes: chosen.size === all.length ? null : [...chosen],
  };
}
