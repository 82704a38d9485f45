import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Inside } from '../support/inside.js';
import { rush, users } from '../support/rush.js';
import { World } from '../support/world.js';

const ROOM = 60;

let world: World;

beforeAll(async () => {
  world = await World.create({
    ...{ CLAIMS_IN_FLIGHT_MAX: String(ROOM), CLAIM_BATCH_SIZE: '10', REQUEST_DEADLINE_MS: '3000' },
    ...{ DATABASE_TIMEOUT_MS: '20000', REAPER_INTERVAL_MS: '3600000' },
  });
});

afterAll(() => world.close());

it('a gate that is being rebuilt does not block other campaigns, and holds no claim for longer than the deadline', async () => {
  const api = await world.start('api');
  const client = new Client(api);
  await client.createCampaign({ id: 'rebuilt', capacity: 1_000 });
  await client.createCampaign({ id: 'sound', capacity: 1_000 });
  const session = await world.pg.connect();
  try {
    await session.query(`SELECT pg_advisory_lock(hashtextextended('gate:rebuilt', 0))`); // a rebuild that takes long
    await world.redis.del(gateKeys('rebuilt').facts);
    new Inside(api).keeper.recheck('rebuilt');

    const stuck = rush([client], 'rebuilt', users(1, 4 * ROOM));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const claims = await rush([client], 'sound', users(1, ROOM / 4));
    expect(claims.map(({ status }) => status)).toEqual(Array(ROOM / 4).fill(202));
    expect(new Set((await stuck).map(({ status }) => status))).toEqual(new Set([503]));
    await session.query(`SELECT pg_advisory_unlock_all()`);
    await eventually(async () => expect((await client.claim('rebuilt', 1)).status).toBe(202));
  } finally {
    session.release(true);
  }
});
