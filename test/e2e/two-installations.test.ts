import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { Crowd } from '../support/crowd.js';
import { dataFolderOf } from '../support/data-folder.js';
import { rightsOfRedisUser } from '../support/redis-user.js';
import { users } from '../support/rush.js';
import { type RunningApp, World } from '../support/world.js';

// Two installations on one Postgres server and one Redis: a database, a key prefix and a bank account each. Both have a
// campaign of the same name, and Redis lets each touch the keys with its own prefix only.

const CAMPAIGN = { id: 'same-name', capacity: 50, waitingCapacity: 8 };
const PEOPLE = users(1, 90);
const CLOSED = [3, 21];
const PASSWORD = 'of-a-test';

class Installation {
  private constructor(
    readonly prefix: string,
    readonly world: World,
    private readonly bank: BankProcess,
    readonly instances: readonly RunningApp[],
  ) {}

  /** @param redisUrl of the Redis that it shares; null: it gets one */
  static async start(prefix: string, redisUrl: string | null): Promise<Installation> {
    const bank = await BankProcess.start({
      logFile: join(dataFolderOf('two-installations'), `${prefix}.jsonl`),
    });
    const world = await World.create({
      ...{
        ...bank.serviceVariables,
        PAYOUT_HTTP_RATE: '1000',
        PAYOUT_RETRY_MS: '100',
        REDIS_KEY_PREFIX: prefix,
      },
      ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    });
    await world.redis.call(
      'ACL',
      'SETUSER',
      prefix,
      'reset',
      'on',
      `>${PASSWORD}`,
      ...rightsOfRedisUser(prefix),
    );
    const asItself = new URL(world.variables.REDIS_URL ?? '');
    [asItself.username, asItself.password] = [prefix, PASSWORD];
    const variables = { REDIS_URL: asItself.toString() };
    const roles = ['api', 'api', 'worker', 'worker'] as const;
    const instances = await Promise.all(roles.map((role) => world.start(role, variables)));
    return new Installation(prefix, world, bank, instances);
  }

  /** Users to whom its bank has moved money, once for each time. */
  async paidByBank(): Promise<(string | null)[]> {
    const lines = await this.bank.readLog();
    return lines.filter(({ event }) => event === 'settled').map(({ userId }) => userId);
  }

  async paidByBooks(): Promise<string[]> {
    const paid = await this.world.rows<{ id: string }>(
      `SELECT user_id::text AS id FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS'`,
      [CAMPAIGN.id],
    );
    return paid.map(({ id }) => id);
  }

  /** What Redis has refused to its user. */
  async refused(): Promise<unknown[]> {
    const log = (await this.world.redis.call('ACL', 'LOG', '128')) as unknown[][];
    return log.filter((entry) => entry.includes(this.prefix));
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.close()));
    await this.world.redis.call('ACL', 'DELUSER', this.prefix);
    await this.world.close();
  }
}

let sides: readonly Installation[] = [];

beforeAll(async () => {
  const first = await Installation.start('first-shop', null);
  sides = [first];
  sides = [first, await Installation.start('second-shop', first.world.variables.REDIS_URL ?? '')];
});

afterAll(async () => {
  for (const side of sides) await side.close();
  await BankProcess.killAll();
});

it('both are exact in a rush, touch no key of the other, and neither starts with the other’s prefix', async () => {
  const crowds = await Promise.all(
    sides.map(({ world, instances }) => Crowd.gather(world, instances.slice(0, 2), CAMPAIGN, CLOSED)),
  );
  const rushes = Promise.all(crowds.map((crowd) => crowd.rush(PEOPLE, 20)));
  await sleep(100);
  const [first, second] = sides as [Installation, Installation];
  for (const [one, other] of [sides, sides.toReversed()] as [Installation, Installation][]) {
    const refused = expect(one.world.start('all', { REDIS_KEY_PREFIX: other.prefix })).rejects;
    await refused.toThrow('REDIS_KEY_PREFIX');
  }
  await rushes;
  for (const crowd of crowds) await crowd.expectRightPeoplePaid();
  for (const side of sides) {
    expect((await side.paidByBank()).sort()).toEqual((await side.paidByBooks()).sort());
    expect(await side.refused()).toEqual([]);
  }
  const keys = await first.world.redis.keys('*');
  const owned = (prefix: string): string[] =>
    keys.filter((key) => new RegExp(`^\\{?${prefix}[-:]`).test(key));
  expect(owned(first.prefix).length).toBeGreaterThan(0);
  expect(owned(first.prefix).length + owned(second.prefix).length).toBe(keys.length);
}, 120_000);
