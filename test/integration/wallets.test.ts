import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('api'));
});

afterAll(() => world.close());

it('a change of a wallet holds its row no longer than the change: what providers have paid is read afterwards', async () => {
  const holder = await world.pg.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE payouts IN ACCESS EXCLUSIVE MODE'); // whoever reads payouts waits
  const changed = client.closeWallet(7).then((response) => response);
  await eventually(async () =>
    expect(
      await world.rows(`SELECT closed_at IS NOT NULL AS closed FROM ledger_accounts WHERE user_id = 7`),
    ).toEqual([{ closed: true }]),
  );
  await holder.query('COMMIT');
  holder.release();
  expect(await changed).toMatchObject({ status: 200, body: { state: 'CLOSED', paidByProvider: '0' } });
});
