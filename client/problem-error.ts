import type { components } from './openapi.js';

type Problem = components['schemas']['Problem'];

/** A refusal of the service (RFC 9457), or of a proxy in front of it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  /**
   * @param status the HTTP status
   * @param code what a program decides by; `unknown` when a proxy answered, or a later service with a code of its own
   * @param problem all that the service says, such as `opensAt`; null when a proxy answered
   * @param retryAfterMs after how many ms asking again may help; null: the answer does not say
   * @param requestId what the service's log calls the request; null when a proxy answered
   */
  constructor(
    readonly status: number,
    readonly code: Problem['code'] | 'unknown',
    readonly problem: Problem | null,
    readonly retryAfterMs: number | null,
    readonly requestId: string | null,
  ) {
    super(problem?.detail ?? `The answer was ${status}.`);
  }

  /** @param body the answer's, as it came */
  static of({ status, headers }: Pick<Response, 'status' | 'headers'>, body: string): ProblemError {
    const problem = problemIn(body);
    const requestId = headers.get('x-request-id');
    return new ProblemError(status, problem?.code ?? 'unknown', problem, retryAfterMs(headers), requestId);
  }
}

/** What Retry-After says (RFC 9110, 10.2.3), in ms; null without one. Proxies may send a date. */
export function retryAfterMs(headers: Headers, now = Date.now()): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : NaN; // which takes "-1" for a year
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function problemIn(body: string): Problem | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const isProblem = typeof parsed === 'object' && parsed !== null && 'code' in parsed && 'detail' in parsed;
    return isProblem ? (parsed as Problem) : null;
  } catch {
    return null;
  }
}
