import type { EntityManager } from 'typeorm';
import type { Change } from '../../../src/changes/change-feed.js';
import { changeEvents } from '../../../src/webhooks-out/events/change-events.js';

const NO_QUERIES = {} as EntityManager;

const change = (state: string, at: string): Change =>
  ({
    ...{ kind: 'state', campaignId: 'drop', arrivalNos: [], at: new Date(at) },
    detail: { revision: 4, state, opensAt: null, closesAt: null },
  }) as unknown as Change;

async function idOf(told: Change): Promise<string | undefined> {
  return (await changeEvents(NO_QUERIES, [told]))[0]?.id;
}

it('a state has another id than the one of the same revision that a restored database forgot', async () => {
  const paused = await idOf(change('PAUSED', '2026-12-01T01:00:00Z'));
  expect(await idOf(change('CLOSED', '2026-12-01T02:00:00Z'))).not.toBe(paused);
  expect(await idOf(change('PAUSED', '2026-12-01T01:00:00Z'))).toBe(paused);
});
