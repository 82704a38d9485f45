import type { WebhookEndpoint } from '../api/reads.js';
import type { Tone } from '../parts/Chip.tsx';

/** How an endpoint stands, in a word. */
export type EndpointState = 'on' | 'failing' | 'operator' | 'gone' | 'given-up';

export const ENDPOINT_TONES: Readonly<Record<EndpointState, Tone>> = {
  ...{ on: 'done', failing: 'watch', operator: 'idle', gone: 'bad', 'given-up': 'bad' },
};

export function endpointState({ state, offReason, failingSince }: WebhookEndpoint): EndpointState {
  if (state === 'ON') return failingSince === null ? 'on' : 'failing';
  return offReason === 'operator' || offReason === 'gone' ? offReason : 'given-up';
}
