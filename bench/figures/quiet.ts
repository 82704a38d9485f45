import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { StackError } from '../../tools/stack/stack-error.js';
import { claimsPath } from '../deployment.js';
import { summedUp } from '../generator/latencies.js';
import type { Family, Measuring } from './family.js';
import { Stage } from './stage.js';

const mostPeople = 200;
const pollIntervalMs = 1;
const patienceMs = 10_000;
/** Between two people: longer than the service expects more of them (100 ms), and no multiple of any interval. */
const shortestPauseMs = 150;
const longestPauseMs = 250;

/** One person at a time, while nobody else is there: until the claim is answered, and until it is paid. */
export const quiet: Family = {
  needsContestants: false,
  figures: [
    { name: 'quiet-accept-p50', unit: 'ms', better: 'lower' },
    { name: 'quiet-accept-p99', unit: 'ms', better: 'lower' },
    { name: 'quiet-paid-p50', unit: 'ms', better: 'lower' },
    { name: 'quiet-paid-p99', unit: 'ms', better: 'lower' },
  ],
  targets: [{ figure: 'quiet-paid-p99', against: 'itself', atMost: 60 }],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { book, rounds, settings, say } = measuring;
  const stage = await Stage.start(measuring, 'quiet', {});
  const people = Math.min(mostPeople, settings.capacity);
  const pool = new Pool(stage.origin, { connections: 1 });
  await stage.rush({}); // warms up
  for (let round = 1; round <= rounds; round++) {
    say(`One person at a time, round ${round} of ${rounds} …`);
    const id = `quiet-${round}`;
    await stage.deployment.createCampaign(id, people);
    const times = { accept: [] as number[], paid: [] as number[] };
    for (let person = 1; person <= people; person++) {
      await sleep(shortestPauseMs + Math.random() * (longestPauseMs - shortestPauseMs));
      const { accept, paid } = await claimUntilPaid(stage, pool, { id, capacity: people }, person);
      times.accept.push(accept);
      times.paid.push(paid);
    }
    const [accept, paid] = [summedUp(times.accept), summedUp(times.paid)];
    book.write('quiet-accept-p50', 'ours', round, accept.p50);
    book.write('quiet-accept-p99', 'ours', round, accept.p99);
    book.write('quiet-paid-p50', 'ours', round, paid.p50);
    book.write('quiet-paid-p99', 'ours', round, paid.p99);
    await stage.deployment.closeCampaign(id);
  }
  await pool.close();
}

/** @returns the times from the request to its answer, and to the payout, in ms */
async function claimUntilPaid(
  stage: Stage,
  pool: Pool,
  { id, capacity }: { readonly id: string; readonly capacity: number },
  paid: number,
): Promise<{ accept: number; paid: number }> {
  const authorization = `Bearer ${stage.deployment.tokenOf(stage.users(1).first)}`;
  const from = performance.now();
  const answer = await pool.request({ method: 'POST', path: claimsPath(id), headers: { authorization } });
  await answer.body.dump();
  const accept = performance.now() - from;
  if (answer.statusCode !== 202)
    throw new StackError(`A claim at a quiet time was answered ${answer.statusCode}.`);
  while ((await stage.deployment.paidOut(id, capacity)) < paid) {
    if (performance.now() - from > patienceMs)
      throw new StackError(`One person was not paid within ${patienceMs / 1_000} s.`);
    await sleep(pollIntervalMs);
  }
  return { accept, paid: performance.now() - from };
}
