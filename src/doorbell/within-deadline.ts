import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What `work` comes to, if it does in time. The queue's connection waits without end, and not everybody can.
 * @throws Error when it takes longer than `deadlineMs`; the work itself goes on
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
