import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { ClaimTally } from '../../src/campaigns/reports/claim-tally.js';
import type { ServiceClock } from '../../src/grants/clock/service-clock.js';
import { PostgresReading } from '../../src/live/figures/postgres-reading.js';

const TALLY = {
  ...{ pending: 1, success: 5, failed: 0, revoked: 0, reversed: 3 },
  ...{ waiting: 0, ended: 0, left: 0, promoted: 0, lastArrivalNo: 9 },
};
const STANDING = {
  ...{ state: 'OPEN', capacity: 20, successCount: null },
  ...{ oldestUnpaidMs: null, inDoubt: 0, held: 0, payoutsStopped: false },
};

it('counts what came back as often as the rest, and no more: there may be many', async () => {
  const asked: string[] = [];
  const source = {
    query: (sql: string) => {
      asked.push(sql);
      return Promise.resolve([{ ...STANDING, reversedWithSlot: 2, withSlot: 2 }]);
    },
  };
  const tally = { of: () => sleep(200, TALLY) };
  const reading = new PostgresReading(
    source as unknown as DataSource,
    tally as unknown as ClaimTally,
    { now: () => 0 } as ServiceClock,
  );
  const { counts } = await reading.read('drop');
  expect(counts).toMatchObject({ available: 12, processing: 1, settled: 7, failed: 1 });
  for (let times = 0; times < 3; times++) expect((await reading.read('drop')).counts).toEqual(counts);
  expect(asked.filter((sql) => sql.includes(`'REVERSED'`))).toHaveLength(1);
});
