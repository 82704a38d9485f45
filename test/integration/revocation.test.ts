import { runAudit } from '../../src/audit/run-audit.js';
import { booksOf } from '../support/books.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('api'));
});

afterAll(() => world.close());

describe('R25: revoking a grant that our ledger pays', () => {
  it('passes the slot on, and excludes the worker: each grant is paid or revoked, never both', async () => {
    const [holders, waiting] = [users(1, 100), users(101, 100)];
    await client.createCampaign({ id: 'contested', capacity: 100, waitingCapacity: 100 });
    for (const userId of [...holders, ...waiting]) await client.claim('contested', userId);
    const worker = await world.start('worker');
    const answers = await Promise.all(holders.map((userId) => client.revoke('contested', userId)));
    for (const { status, body } of answers) {
      if (status !== 200)
        expect({ status, body }).toMatchObject({ status: 409, body: { claimStatus: 'SUCCESS' } });
    }
    const revoked = answers.filter(({ status }) => status === 200).length;
    await eventually(async () =>
      expect(await booksOf(world, 'contested')).toMatchObject({
        ...{ success: 100, failed: revoked, pending: 0, settledPayouts: 100, pool: 0, paidOut: 1_000 },
      }),
    );
    await eventually(async () => {
      const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
      const report = await runAudit(
        { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 },
        'contested',
      );
      expect(report.checks.flatMap(({ violations }) => violations)).toEqual([]);
    });
    await worker.close();
  });

  it('needs a reason and a grant', async () => {
    await client.createCampaign({ id: 'guarded', capacity: 1, waitingCapacity: 1 });
    await client.claim('guarded', 1);
    await client.claim('guarded', 2);
    expect(await client.revoke('guarded', 1, 'x')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'reason' }] },
    });
    // A waiting user has no grant.
    expect(await client.revoke('guarded', 2)).toMatchObject({ status: 404, body: { code: 'no-claim' } });
    expect((await client.status('guarded', 1)).body.status).toBe('PENDING');
  });
});
