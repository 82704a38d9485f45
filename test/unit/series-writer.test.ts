import { Logger } from '@nestjs/common';
import { DatabaseError } from 'pg';
import { type DataSource, QueryFailedError } from 'typeorm';
import type { SlotService } from '../../src/grants/slots/slot.service.js';
import type { ServiceClock } from '../../src/grants/clock/service-clock.js';
import { SeriesWriter } from '../../src/live/counting/series-writer.js';
import { NoSessionError } from '../../src/platform/postgres/postgres-failure.js';
import { RecentCounts } from '../../src/platform/metrics/recent-counts.js';

beforeAll(() => Logger.overrideLogger(false));

/** How often a step is sent whose first time failed with this. */
async function timesSent(failure: Error): Promise<number> {
  let sent = 0;
  const source = { query: () => (sent++ === 0 ? Promise.reject(failure) : Promise.resolve([])) };
  const slots = { counts: () => Promise.resolve(null) };
  const clock = { nowIfKnown: () => 1_000_000 };
  const writer = new SeriesWriter(
    source as unknown as DataSource,
    slots as unknown as SlotService,
    clock as unknown as ServiceClock,
  );
  const recent = new RecentCounts();
  recent.claim('drop', 'accepted', 5);
  writer.add(recent.take());
  await writer.writeAll();
  await writer.writeAll();
  return sent;
}

const thatFailed = (error: Error): Error => new QueryFailedError('INSERT …', [], error);

it.each([
  ['Postgres refused', thatFailed(new DatabaseError('canceling statement', 0, 'error'))],
  ['was not asked', new NoSessionError(new Error('ECONNREFUSED'))],
])('a step that %s is written the next time', async (_, failure) => {
  expect(await timesSent(failure)).toBe(2);
});

it('a step that may be written is not added once more', async () => {
  expect(await timesSent(thatFailed(new Error('Query read timeout')))).toBe(1);
});
