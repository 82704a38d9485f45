import { runAudit } from '../../src/audit/run-audit.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { World } from '../support/world.js';

// A paid grant whose row is gone, which only whoever switches the triggers off can do, frees no slot once the campaign
// is sealed: all were paid.

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create({ FINISH_AFTER_MS: '3600000', SLOT_LEASE_MS: '300' });
  client = new Client(await world.start('all'));
});

afterAll(() => world.close());

const epochs = async (campaignId: string): Promise<number> =>
  (await world.rows(`SELECT FROM campaign_epochs WHERE campaign_id = $1`, [campaignId])).length;

it('is noticed, gives its slot to nobody, and is named by the audit', async () => {
  await client.createCampaign({ id: 'sealed', capacity: 2, waitingCapacity: 0, reversalPolicy: 'keep' });
  for (const userId of [1, 2]) await client.claim('sealed', userId);
  await eventually(async () =>
    expect(
      await world.rows(`SELECT FROM campaigns WHERE id = 'sealed' AND sealed_at IS NOT NULL`),
    ).toHaveLength(1),
  );
  await eventually(async () =>
    expect((await client.stats('sealed')).body.gate).toMatchObject({ settled: 2 }),
  );
  const before = await epochs('sealed');
  await world.rows(`
    BEGIN;
    SET LOCAL session_replication_role = replica;
    DELETE FROM user_grants WHERE campaign_id = 'sealed' AND user_id = 1;
    COMMIT`);
  await eventually(async () => expect(await epochs('sealed')).toBeGreaterThan(before)); // R18: the reaper has it rebuilt
  for (const userId of [3, 1])
    await eventually(async () =>
      expect((await client.claim('sealed', userId)).body).toMatchObject({ code: 'sold-out' }),
    );
  expect((await client.stats('sealed')).body.gate).toMatchObject({ available: 0, settled: 2 });
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  const { checks } = await runAudit({ databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1 }, 'sealed');
  const broken = checks.filter(({ violations }) => violations.length > 0).map(({ promise }) => promise);
  expect(broken).toEqual(expect.arrayContaining(['P6', 'P9']));
});
