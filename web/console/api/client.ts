import createClient from 'openapi-fetch';
import type { paths } from '../../../client/openapi.js';
import { ProblemError } from './problem.js';

/** A call that is not answered by then has failed: a spinner without an end tells an operator nothing. */
const DEADLINE_MS = 10_000;

function withDeadline(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(DEADLINE_MS)]) });
}

/** The service's API, typed by its own OpenAPI document. The session cookie goes with each call by itself. */
export const api = createClient<paths>({
  credentials: 'same-origin',
  cache: 'no-store',
  fetch: withDeadline,
});

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** What a call answered. Throws ProblemError for every refusal, and whatever `fetch` throws without an answer. */
export async function answerOf<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw ProblemError.of(response, error);
  return data as T;
}

/** As `answerOf`, with null for what does not exist (yet). */
export async function nullIfNone<T>(call: Promise<Answer<T>>): Promise<T | null> {
  return (await call).response.status === 404 ? null : answerOf(call);
}

/** Reads JSON from a path of the API (see live.ts). Throws as `answerOf` does. */
export async function readJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const request = new Request(path, {
    credentials: 'same-origin',
    cache: 'no-store',
    signal: signal ?? null,
  });
  const response = await withDeadline(request);
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw ProblemError.of(response, body);
  return body as T;
}
