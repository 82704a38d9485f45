import { Client } from '../support/client.js';
import { closeWallets } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { forgetClaim } from '../support/gate-records.js';
import { Inside } from '../support/inside.js';
import { reapAll } from '../support/reap-all.js';
import { rush, users } from '../support/rush.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;
let inside: Inside;

beforeAll(async () => {
  // Only repeated claims roll anything forward here: there is no reaper.
  world = await World.create({ REQUEST_DEADLINE_MS: '300', REAPER_INTERVAL_MS: '3600000' });
  const api = await world.start('api');
  client = new Client(api);
  inside = new Inside(api);
});

afterAll(() => world.close());

async function expectNoVerdict(campaignId: string, userIds: readonly number[]): Promise<void> {
  for (const answer of await rush([client], campaignId, userIds)) {
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  }
}

/** Retrying hides nothing: a user who gets a place keeps it. 503 is no verdict: the deadline here is short. */
async function expectSoldOut(campaignId: string, userIds: readonly number[]): Promise<void> {
  await eventually(async () => {
    for (const { status, body } of await rush([client], campaignId, userIds)) {
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'sold-out' });
    }
  });
}

describe('P5 "sold out" (R12)', () => {
  it('is not answered while a slot or a place in the line is not durable', async () => {
    await client.createCampaign({ id: 'undurable', capacity: 2, waitingCapacity: 1 });
    await client.claim('undurable', 1);
    await inside.decideClaims('undurable', [2, 3]); // their process dies
    await expectNoVerdict('undurable', users(10, 5));

    expect((await client.claim('undurable', 2)).body).toMatchObject({ grantSeq: 2 });
    await expectNoVerdict('undurable', users(10, 5)); // the place in the line is still not durable

    expect((await client.claim('undurable', 3)).body).toMatchObject({ status: 'WAITING' });
    await expectSoldOut('undurable', users(10, 5));
  });

  it('R18: does not condemn the gate while nothing is rolled forward for longer than two leases', async () => {
    await client.createCampaign({ id: 'no-reaper', capacity: 2, waitingCapacity: 1 });
    const abandoned = await inside.decideClaims('no-reaper', [21, 22, 23]);
    const gate = await inside.gate('no-reaper');
    for (let deadline = 0; deadline < 6; deadline++) await expectNoVerdict('no-reaper', [30]);
    expect(await inside.gate('no-reaper')).toEqual(gate);
    for (const { userId, arrivalNo, grantSeq } of abandoned)
      expect((await client.claim('no-reaper', Number(userId))).body).toMatchObject({ arrivalNo, grantSeq });
    await expectSoldOut('no-reaper', [30]);
  });

  it('waits for places that are being written instead of answering 503', async () => {
    await client.createCampaign({ id: 'in-time', capacity: 30, waitingCapacity: 0 });
    const patient = await world.start('api', { REQUEST_DEADLINE_MS: '8000' }); // a busy machine is no reason for 503
    const answers = await rush([new Client(patient)], 'in-time', users(100, 200));
    await patient.close();
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(30);
    expect(answers.filter(({ body }) => body.code === 'sold-out')).toHaveLength(170);
  });

  it('is remembered only for the checked epoch and last arrival number', async () => {
    await client.createCampaign({ id: 'memory', capacity: 2, waitingCapacity: 1 });
    await closeWallets(world, [401]);
    for (const userId of users(401, 3)) expect((await client.claim('memory', userId)).status).toBe(202);
    await expectSoldOut('memory', [410]);

    const worker = await world.start('worker'); // rejects 401, whose slot goes to 403: the line has a place again
    await eventually(async () => {
      await inside.slots.counts('memory');
      expect((await client.status('memory', 403)).body.status).toBe('SUCCESS');
    });
    await worker.close();
    await inside.decideClaims('memory', [404]); // takes that place, which is not durable
    await expectNoVerdict('memory', [410, 411]);
    await client.claim('memory', 404);
    await expectSoldOut('memory', [410, 411]);
  });

  it('R18: does not condemn the gate when a reaper records the missing place between two reads', async () => {
    await client.createCampaign({
      id: 'late-reaper',
      capacity: 2,
      waitingCapacity: 1,
      reversalPolicy: 'regrant',
    });
    await inside.decideClaims('late-reaper', [31, 32, 33]);
    const { epoch } = await inside.gate('late-reaper');
    for (let deadline = 0; deadline < 6; deadline++) await expectNoVerdict('late-reaper', [40]);
    const worker = await world.start('worker', { REAPER_INTERVAL_MS: '3600000' });
    const leases = jest.spyOn(inside.slots, 'hasRunOutLeases').mockImplementationOnce(async () => {
      await reapAll(world, worker);
      return false;
    });
    try {
      await expectNoVerdict('late-reaper', [40]);
      await eventually(() => expect(leases).toHaveBeenCalled()); // the check ends a little after the answer
      await expectSoldOut('late-reaper', [40]);
      expect((await inside.gate('late-reaper')).epoch).toBe(epoch);
    } finally {
      leases.mockRestore();
      await worker.close();
    }
  });

  it('was answered to nobody who was ahead of a user who gets in after Redis was lost', async () => {
    await client.createCampaign({ id: 'lost-claim', capacity: 3, waitingCapacity: 0 });
    await client.claim('lost-claim', 501);
    await inside.decideClaims('lost-claim', [502, 503]);
    await expectNoVerdict('lost-claim', [504, 505]);
    await world.redis.flushdb(); // 502 and 503 were told nothing; their places are free again
    expect((await client.claim('lost-claim', 504)).body).toMatchObject({ grantSeq: 2, arrivalNo: 2 });
    expect((await client.claim('lost-claim', 505)).body).toMatchObject({ grantSeq: 3, arrivalNo: 3 });
    await expectSoldOut('lost-claim', [502, 503]);
  });

  it('can be answered after claims were lost with Redis: nobody holds the missing arrival numbers', async () => {
    await client.createCampaign({ id: 'gap', capacity: 2, waitingCapacity: 1 });
    await inside.decideClaims('gap', [551]); // arrival 1 is lost
    await inside.decideAndRecord('gap', [552]); // arrival 2 is not lost: its batch overtook the other
    await world.redis.flushdb();
    for (const userId of [553, 554]) expect((await client.claim('gap', userId)).status).toBe(202);
    await expectSoldOut('gap', [551, 555]);
  });

  it('is never answered to a user whose place the gate has forgotten', async () => {
    await client.createCampaign({ id: 'forgotten', capacity: 2, waitingCapacity: 1 });
    const places = [];
    for (const userId of users(601, 3)) places.push((await client.claim('forgotten', userId)).body);
    await expectSoldOut('forgotten', [610]);
    for (const userId of [601, 603]) await forgetClaim(world.redis, 'forgotten', userId);
    for (const { userId, status, grantSeq, arrivalNo } of places) {
      const answer = await client.claim('forgotten', userId);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ status, grantSeq, arrivalNo });
    }
  });

  it('stays true: a user who was turned away does not get in before somebody ahead gives up a place', async () => {
    await client.createCampaign({ id: 'final', capacity: 2, waitingCapacity: 0 });
    await rush([client], 'final', [701, 702]);
    await expectSoldOut('final', users(710, 20));
    await world.redis.flushdb();
    await expectSoldOut('final', users(710, 20));
  });
});
