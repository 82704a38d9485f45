import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../../tools/stack/stack-error.js';

const usualPauseMs = 5;
const patienceMs = 300_000;

/**
 * Claims until a slot is granted. Retries while the service is down or not ready, or the campaign does not exist yet.
 * @param pauseMs pause between two tries
 * @returns the time of the answer, by `performance.now()`
 */
export async function untilFirstClaim(url: string, token: string, pauseMs = usualPauseMs): Promise<number> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const status = await claim(url, token);
    const now = performance.now();
    // 200: an earlier try succeeded, but its answer was lost.
    if (status === 202 || status === 200) return now;
    if (status !== undefined && status < 500 && status !== 404)
      throw new StackError(`A first claim was answered ${status}.`);
    if (now > giveUpAt) throw new StackError(`No first claim was served within ${patienceMs / 1_000} s.`);
    await sleep(pauseMs);
  }
}

async function claim(url: string, token: string): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return undefined;
  }
}
