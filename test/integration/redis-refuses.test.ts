import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

// A Redis that refuses our user keeps an instance from starting, and the sentence names the variable and the reason.

const USERS: Readonly<Record<string, readonly string[]>> = {
  'no-rates': ['~grant:*', '~grant-calls:*', '~{grant-jobs}:*'],
  'no-jobs': ['~grant:*', '~grant-calls:*', '~grant-rates:*'],
  'jobs-only': ['~grant:*', '~{grant-jobs}:*'],
};

let world: World;

beforeAll(async () => {
  world = await World.create();
  for (const [user, keys] of Object.entries(USERS))
    await world.redis.call('ACL', 'SETUSER', user, 'on', '>right', 'resetkeys', ...keys, '+@all');
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.redis.call('ACL', 'DELUSER', ...Object.keys(USERS));
  await world.close();
});

function as(user: string, password = 'right'): string {
  const url = new URL(world.variables.REDIS_URL ?? '');
  [url.username, url.password] = [user, password];
  return url.toString();
}

it.each([
  ['REDIS_URL', as.bind(null, 'no-rates'), 'NOPERM .*grant-rates:'],
  ['QUEUE_REDIS_URL', as.bind(null, 'no-jobs'), 'NOPERM .*grant-jobs'],
  ['QUEUE_REDIS_URL', as.bind(null, 'jobs-only', 'wrong'), 'WRONGPASS'],
])('%s', async (variable, url, reason) => {
  const refused = ServiceProcess.spawn({
    ...world.variables,
    ...{ APP_ROLE: 'worker', [variable]: url(), PORT: String(await findFreePort()) },
  });
  expect(await refused.ended).toEqual({ code: 1, signal: null });
  expect(refused.stderr).toMatch(
    new RegExp(`The Redis of ${variable} refuses us: ${reason}.*\\.env\\.example names the rights`),
  );
});

it('needs fewer rights where only the queue is', async () => {
  const app = await world.start('api', { QUEUE_REDIS_URL: as('jobs-only') });
  expect((await app.http.get('/health/ready')).status).toBe(200);
  await app.close();
});
