import type { CampaignStore } from '../../src/campaigns/campaign.store.js';
import type { GateClock } from '../../src/grants/slots/gate-clock.js';
import type { Environment } from '../../src/platform/config/environment.js';
import { Closing } from '../../src/reaper/closing.js';

const OVERDUE = Array.from({ length: 10 }, (_, i) => ({ id: `c-${i}`, closesAt: new Date(0), overdueMs: 1 }));
const ANSWER_MS = 30;

/** Ten campaigns are due, and their gates take long to answer. @returns which are closed */
async function closed(until: number): Promise<string[]> {
  const ids: string[] = [];
  const store = {
    toClose: () => Promise.resolve(OVERDUE),
    closeDue: (id: string) => Promise.resolve(ids.push(id)),
  } as unknown as CampaignStore;
  const clock = {
    now: () => new Promise((resolve) => setTimeout(() => resolve(Date.now()), ANSWER_MS)),
  } as unknown as GateClock;
  await new Closing(store, clock, { SLOT_LEASE_MS: 1_000 } as Environment).closeOverdue(until);
  return ids;
}

it('closes what is due, in order', async () => {
  expect(await closed(Infinity)).toEqual(OVERDUE.map(({ id }) => id));
});

it('leaves to the next round what gates kept it from: a round has an end', async () => {
  const some = await closed(performance.now() + 3 * ANSWER_MS);
  expect(some.length).toBeGreaterThan(0);
  expect(some.length).toBeLessThan(OVERDUE.length);
});
