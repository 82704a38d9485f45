// Calls that the parts "identity" and "live" bring, and that openapi.ts does not describe yet. Written by hand from the
// order of work; once openapi.json has them, take the types from there and delete this file.
import { readJson } from './client.js';

export type Scope = 'grants:read' | 'grants:campaigns' | 'grants:payouts' | 'grants:admin';

export interface OperatorSession {
  readonly operator: {
    readonly id: string;
    readonly name: string | null;
    readonly scopes: readonly string[];
    readonly expiresAt: string;
  } | null;
  readonly loginUrl: string | null;
}

interface Counts {
  readonly asOf: string;
  readonly available: number;
  readonly processing: number;
  readonly settled: number;
  readonly waiting: number;
}

export interface Rates {
  readonly accepted: number;
  readonly waitlisted: number;
  readonly soldOut: number;
  readonly refused: number;
  readonly unavailable: number;
  readonly paid: number;
}

/** How a campaign stands; rates are per second, of the whole deployment. */
export interface LiveFigures {
  readonly at: string;
  readonly campaignId: string;
  readonly state: 'SCHEDULED' | 'OPEN' | 'PAUSED' | 'CLOSED';
  readonly capacity: number;
  readonly postgres: Counts & { readonly failed: number; readonly ended: number };
  readonly gate: Counts | null;
  readonly differs: boolean;
  /** Null while Redis, where instances add them up, does not answer. */
  readonly rates: Rates | null;
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  readonly oldestUnpaidMs: number | null;
  readonly inDoubt: number;
  readonly held: number;
  readonly payoutsStopped: boolean;
}

export interface SeriesPoint extends Rates {
  readonly at: string;
  readonly p99Ms: number | null;
}

export interface SeriesPage {
  readonly stepMs: number;
  readonly items: readonly SeriesPoint[];
  readonly next: string | null;
}

export interface AttentionItem {
  readonly code: string;
  readonly campaignId: string | null;
  readonly count: number | null;
  readonly since: string | null;
  readonly nextStep: string;
  readonly href: string;
}

export interface StoryEvent {
  readonly at: string;
  readonly kind: string;
  readonly detail: string | null;
  readonly actor: string | null;
}

export interface Story {
  readonly events: readonly StoryEvent[];
}

export const campaignPath = (id: string): string => `/v1/campaigns/${encodeURIComponent(id)}`;

/** Where the figures of a campaign come from, an event a second. */
export const livePath = (id: string): string => `${campaignPath(id)}/live`;

export const readSession = (signal?: AbortSignal): Promise<OperatorSession> =>
  readJson('/v1/operator-session', signal);

export const readFigures = (id: string, signal?: AbortSignal): Promise<LiveFigures> =>
  readJson(`${campaignPath(id)}/figures`, signal);

export const readAttention = (signal?: AbortSignal): Promise<{ readonly items: readonly AttentionItem[] }> =>
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
