import { retryAfterMs } from './problem-error.js';

const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/** A timer for longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The whole answer to one attempt: an answer that breaks off is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** How long a call is repeated, and whether it may be. */
export interface Persistence {
  /** How long the call may take with all its repetitions, in ms. */
  readonly deadlineMs: number;
  /** How long one attempt may take, in ms. */
  readonly attemptMs: number;
  /** Whether sending it twice does the same as sending it once. Otherwise it is repeated only if nothing was done. */
  readonly isRepeatable: boolean;
  /** Ends the call. */
  readonly signal: AbortSignal | undefined;
}

/**
 * How long to wait before a request is sent again: what the service asked for, or full jitter below a bound that
 * doubles, whichever is longer. The first request is never delayed: that would change who was first.
 * @param failures how many have failed in a row, from 1
 * @param askedMs what Retry-After asked for
 * @param chance in [0, 1)
 */
export function retryDelay(failures: number, askedMs: number | null, chance = Math.random()): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return Math.max(askedMs ?? 0, chance * bound);
}

/**
 * Sends a request until it is answered with something that waiting does not change, or the next attempt would come
 * after the deadline.
 * @returns the last answer, whatever it is
 * @throws what the last attempt threw, if it had no answer; the signal's reason, once it is aborted
 */
export async function answered(
  attempt: (signal: AbortSignal) => Promise<Answer>,
  { deadlineMs, attemptMs, isRepeatable, signal }: Persistence,
): Promise<Answer> {
  const until = performance.now() + deadlineMs;
  for (let failures = 1; ; failures++) {
    signal?.throwIfAborted();
    const left = Math.max(1, until - performance.now());
    const limits = [AbortSignal.timeout(Math.ceil(Math.min(attemptMs, left))), ...(signal ? [signal] : [])];
    const outcome = await attempt(AbortSignal.any(limits)).catch((error: unknown) => ({ error }));
    signal?.throwIfAborted();
    const hasAnswer = 'status' in outcome;
    const isOver = hasAnswer ? !mayChange(outcome, isRepeatable) : !isRepeatable;
    const waitMs = retryDelay(failures, hasAnswer ? retryAfterMs(outcome.headers) : null);
    if (isOver || performance.now() + waitMs >= until) {
      if (hasAnswer) return outcome;
      throw outcome.error;
    }
    await pause(waitMs, signal);
  }
}

/** Whether the same request may be answered otherwise later. */
function mayChange({ status, headers }: Answer, isRepeatable: boolean): boolean {
  if (status === 429) return true; // counted, and not looked at
  if (!isRepeatable || status < 400) return false;
  return headers.has('retry-after') || [502, 503, 504].includes(status);
}

/** @param ms a pause of more than 24 days ends early @throws the signal's reason, once it is aborted */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
    signal?.addEventListener('abort', end);
  });
  signal?.throwIfAborted();
}
