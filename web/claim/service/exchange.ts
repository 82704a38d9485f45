/** What came back for one request. */
export interface Answer {
  readonly status: number;
  /** The JSON document, an empty object where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Retry-After in ms; null when the header was not sent. */
  readonly retryAfterMs: number | null;
  readonly etag: string | null;
  /** By which the service's log names the request. */
  readonly requestId: string | null;
}

/** No answer came: offline, a lost connection, or the deadline. */
export const SILENCE = null;

/**
 * Sends one request, once.
 * @param deadlineMs how long to wait for the whole answer
 * @returns the answer, whatever its status, or SILENCE
 */
export async function exchange(
  url: string,
  options: RequestInit,
  deadlineMs: number,
): Promise<Answer | typeof SILENCE> {
  try {
    const response = await fetch(url, {
      cache: 'no-store',
      redirect: 'error',
      ...options,
      signal: AbortSignal.timeout(deadlineMs),
    });
    const { status, headers } = response;
    const text = await response.text();
    const seconds = headers.get('Retry-After');
    return {
      status,
      body: documentIn(text),
      retryAfterMs: seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : null,
      etag: headers.get('ETag'),
      requestId: headers.get('X-Request-Id'),
    };
  } catch {
    return SILENCE;
  }
}

/** A proxy's error page is no JSON: its status has to say enough. */
function documentIn(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer['body']) : {};
  } catch {
    return {};
  }
}
