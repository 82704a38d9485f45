import { CallRate } from '../../src/payouts/by-provider/call-rate.js';
import { pauseKey } from '../../src/payouts/by-provider/provider-pauses.js';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { RedisConnections } from '../../src/platform/redis/redis-connections.js';
import { World } from '../support/world.js';

// R27: keys expire by the clock of Redis. If it is set back by an hour, they live an hour longer, as if they had been
// given an hour more.

const HOUR_MS = 3_600_000;
const { signal } = new AbortController();

let world: World;
let connections: RedisConnections;
let rate: CallRate;

beforeAll(async () => {
  world = await World.create({ PAYOUT_HTTP_RATE: '1' });
  const environment = readEnvironment(world.variables);
  connections = new RedisConnections(environment);
  rate = new CallRate(connections, environment);
});

afterAll(async () => {
  connections.onApplicationShutdown();
  await world.close();
});

async function setClockBack(key: string): Promise<void> {
  expect(await world.redis.pexpire(key, HOUR_MS)).toBe(1);
}

it('a count of calls does not outlast its second when the clock of Redis is set back', async () => {
  expect(await rate.turn(signal)).toBe(true);
  const [counter = ''] = await world.redis.keys('grant-calls:*');
  // A count that is there: the second of that call may be over by now.
  await world.redis.set(counter, '1', 'PX', HOUR_MS);
  expect(await rate.turn(signal)).toBe(true);
  const ttl = await world.redis.pttl(counter);
  expect(ttl).toBeLessThanOrEqual(1_000);
});

it('a pause that the provider asked for does not, either', async () => {
  await rate.pauseAll(100);
  await rate.pauseAll(60_000);
  expect(await rate.turn(signal)).toBe(false); // it is longer than anybody waits for
  await setClockBack(pauseKey('grant'));
  const other = new CallRate(connections, readEnvironment(world.variables));
  expect(await other.turn(signal)).toBe(true);
  await other.pauseAll(30_000);
  expect(await world.redis.pttl(pauseKey('grant'))).toBeLessThanOrEqual(30_000);
});
