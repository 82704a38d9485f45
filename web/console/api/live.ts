// What shows how a campaign stands, who is signed in, and what waits for a human. openapi.ts says what is answered.
import { readJson } from './client.js';
import type { components } from '../../../client/openapi.js';

type Schemas = components['schemas'];

export type Scope = 'grants:read' | 'grants:campaigns' | 'grants:payouts' | 'grants:admin';
export type OperatorSession = Schemas['OperatorSessionView'];
export type LiveFigures = Schemas['LiveFiguresView'];
export type Rates = NonNullable<LiveFigures['rates']>;
export type SeriesPage = Schemas['SeriesView'];
export type SeriesPoint = SeriesPage['items'][number];
export type AttentionItem = Schemas['AttentionView']['items'][number];
export type Story = Schemas['StoryView'];
export type StoryEvent = Story['events'][number];

export const campaignPath = (id: string): string => `/v1/campaigns/${encodeURIComponent(id)}`;

/** Where the figures of a campaign come from, an event a second. */
export const livePath = (id: string): string => `${campaignPath(id)}/live`;

export const readSession = (signal?: AbortSignal): Promise<OperatorSession> =>
  readJson('/v1/operator-session', signal);

export const readFigures = (id: string, signal?: AbortSignal): Promise<LiveFigures> =>
  readJson(`${campaignPath(id)}/figures`, signal);

export const readAttention = (signal?: AbortSignal): Promise<Schemas['AttentionView']> =>
  readJson('/v1/attention', signal);

export const readStory = (id: string, userId: string, signal?: AbortSignal): Promise<Story> =>
  readJson(`${campaignPath(id)}/grants/${encodeURIComponent(userId)}/story`, signal);

/** What happened from this time on; `next` is the `from` of the next page. Counts are of a whole step. */
export const readSeries = (id: string, from: string, signal?: AbortSignal): Promise<SeriesPage> =>
  readJson(`${campaignPath(id)}/series?${new URLSearchParams({ from, limit: '1000' })}`, signal);

/** Ends the operator's session on the server. */
export async function signOut(): Promise<void> {
  await fetch('/console/logout', { method: 'POST', credentials: 'same-origin' });
}
