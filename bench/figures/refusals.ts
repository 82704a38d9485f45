import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Volley } from '../generator/generator-messages.js';
import type { Family, Measuring } from './family.js';
import { claimOnce } from './volleys.js';

const people = 20_000;
const slots = 100;
/** Longer than the service shows the same metrics. */
const metricsAgeMs = 1_100;
const statement = /^.*LOG: {2}(execute|statement)/gm;

/** What a refusal asks of PostgreSQL, counted in its log: nothing that grows with the refusals. */
export const refusals: Family = {
  needsContestants: false,
  figures: [
    { name: 'refusal-statements', unit: 'per refusal', better: 'lower' },
    { name: 'refusal-batch-statements', unit: 'per batch', better: 'lower' },
    { name: 'refusal-batch', unit: 'claims', better: 'higher' },
  ],
  // One a batch, and the few statements a second that the service makes of its own accord.
  targets: [{ figure: 'refusal-batch-statements', against: 'itself', atMost: 1.05 }],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, settings, say } = measuring;
  const deployment = await arena.deploy('refusals');
  await deployment.logStatements(); // of connections that are opened from now on
  const { origin } = await arena.addTo(deployment, 'api');
  const place = { id: 'refusals', capacity: Math.min(slots, settings.capacity), origin };
  await deployment.createCampaign(place.id, place.capacity);
  const claims = Math.min(people, 2 * settings.capacity);
  let nextUser = 1;
  const users = (count: number): Volley['users'] => {
    const taken = { first: nextUser, count };
    nextUser += count;
    return taken;
  };
  await claimOnce(measuring, place, users(place.capacity));
  await claimOnce(measuring, place, users(claims)); // from the second refusal on, the campaign is known to be full
  for (let round = 1; round <= rounds; round++) {
    say(`Refusals, round ${round} of ${rounds} …`);
    const before = await counted(arena.postgresLog, origin);
    const { statuses } = await claimOnce(measuring, place, users(claims));
    const after = await counted(arena.postgresLog, origin);
    const [statements, batches] = [after.statements - before.statements, after.batches - before.batches];
    const refused = statuses[409] ?? 0;
    if (refused !== claims) measuring.remarks.add(`${refused} of ${claims} claims were refused.`);
    book.write('refusal-statements', 'ours', round, statements / refused);
    book.write('refusal-batch-statements', 'ours', round, statements / batches);
    book.write('refusal-batch', 'ours', round, refused / batches);
  }
}

/** Statements that PostgreSQL has run for this service so far, and batches of claims that the service has answered. */
async function counted(
  postgresLog: string,
  origin: string,
): Promise<{ statements: number; batches: number }> {
  await sleep(metricsAgeMs);
  const log = await readFile(postgresLog, 'utf8');
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  const batches = Number(/^seonchak_claim_batch_size_count\S* (\d+)/m.exec(metrics)?.[1]);
  return { statements: [...log.matchAll(statement)].length, batches };
}
