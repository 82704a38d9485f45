import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../../../tools/stack/stack-error.js';
import { claimOnce, untilPaid } from '../volleys.js';
import type { Measuring } from '../family.js';
import { leavesEach } from './claim-cost.js';
import { logSettings } from './log-settings.js';

/** Multiple of the usual campaign's slots. */
const factor = 10;
const pauseMs = 20;
const patienceMs = 300_000;
/** Nobody asks for a stop to be hastened. */
const unhurried = new Promise<void>(() => undefined);

/**
 * How fast a worker that has nothing else to do brings claims and payments into the log, with PostgreSQL on the same
 * core. The log is begun first, so that their changes are kept; then people claim and are paid while nobody writes it.
 */
export async function measureSequencing(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, settings, say } = measuring;
  const deployment = await arena.deploy('sequencing');
  const log = await logSettings('sequencing');
  const sizeOf = (): Promise<number> => deployment.logSize();
  const untilSize = async (size: number): Promise<void> => {
    const giveUpAt = performance.now() + patienceMs;
    while ((await sizeOf()) < size) {
      if (performance.now() > giveUpAt)
        throw new StackError(`The log did not have ${size} leaves within ${patienceMs / 1_000} s.`);
      await sleep(pauseMs);
    }
  };

  const beginner = await arena.addTo(deployment, 'worker', log);
  await untilSize(1);
  await beginner.stop(unhurried);
  const unlogged = await arena.addTo(deployment, 'all');
  for (let round = 1; round <= rounds; round++) {
    say(`Leaves per second, round ${round} of ${rounds} …`);
    const capacity = Math.min(1_000_000, settings.capacity * factor);
    const place = { id: `backlog-${round}`, capacity, origin: unlogged.origin };
    await deployment.createCampaign(place.id, capacity);
    const users = { first: 1 + round * capacity, count: capacity };
    const { statuses } = await claimOnce(measuring, place, users);
    await untilPaid(deployment, place, statuses[202] ?? 0);
    const before = await sizeOf();
    const writer = await arena.addTo(deployment, 'worker', log);
    const leaves = leavesEach * (statuses[202] ?? 0);
    await untilSize(before + leaves);
    const endedAt = Date.now();
    const startedAt = await deployment.lastEventAt('log-written');
    await writer.stop(unhurried);
    if (startedAt !== undefined)
      book.write('sequenced', 'ours', round, (leaves / (endedAt - startedAt)) * 1_000);
  }
}
