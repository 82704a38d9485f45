import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The result of `work`, if it comes in time. Some connections wait without limit, and not every caller can.
 * @throws Error when `work` takes longer than `deadlineMs`; the work itself goes on
 */
export async function withinDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  const timeout = new AbortController();
  const late = sleep(deadlineMs, undefined, { signal: timeout.signal }).then((): never => {
    throw new Error(`no answer within ${deadlineMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timeout.abort();
  }
}
