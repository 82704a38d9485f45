import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('all'));
});

afterAll(() => world.close());

describe('P3 order', () => {
  it('gives slot 1 to arrival 1, and so on, in the order in which people asked', async () => {
    await client.createCampaign({ id: 'one-by-one', capacity: 5 });
    for (const [i, userId] of ['500', '400', '300', '9223372036854775807', '1'].entries()) {
      const answer = await client.claim('one-by-one', userId);
      expect(answer.status).toBe(202);
      expect(answer.body).toMatchObject({ userId, status: 'PENDING', grantSeq: i + 1, arrivalNo: i + 1 });
    }
  });

  it('passes the slot of a rejected payout to the head of the line, who is paid', async () => {
    await client.createCampaign({ id: 'promotion', capacity: 2, waitingCapacity: 3 });
    await client.closeWallet(11);
    for (const userId of [11, 12]) expect((await client.claim('promotion', userId)).status).toBe(202);
    const first = await client.claim('promotion', 13);
    expect(first.body).toMatchObject({ arrivalNo: 3 });
    await eventually(async () => {
      expect((await client.status('promotion', 11)).body).toMatchObject({ status: 'FAILED', grantSeq: 1 });
      expect((await client.status('promotion', 12)).body).toMatchObject({ status: 'SUCCESS', grantSeq: 2 });
      expect((await client.status('promotion', 13)).body).toMatchObject({
        status: 'SUCCESS',
        grantSeq: 1,
        arrivalNo: 3,
      });
    });
  });
});
