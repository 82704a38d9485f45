import { Client } from '../support/client.js';
import { send } from '../support/http.js';
import type { BoundedHttpAdapter } from '../../src/platform/http/http-adapter.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let theirs: string;

beforeAll(async () => {
  world = await World.create();
  const port = await findFreePort();
  api = await world.start('api', { METRICS_PORT: String(port) });
  await (api.app.getHttpAdapter() as unknown as BoundedHttpAdapter).listenForOperators(); // as main does
  theirs = `http://127.0.0.1:${port}`;
});

afterAll(() => world.close());

const statusOf = async (url: string, path: string): Promise<number> => (await send(url, { path })).status;

it.each(['/metrics', '/health/live', '/health/ready', '/metrics?', '/Health/live/', '/metric%73'])(
  'METRICS_PORT: %s is served on that port only',
  async (path) => {
    expect(await statusOf(api.url, path)).toBe(404);
    if (!path.includes('%')) expect(await statusOf(theirs, path)).toBe(200);
  },
);

it.each(['/v1/campaigns/default', '/docs', '/openapi.json', '/', '/metricsandmore'])(
  'METRICS_PORT: %s is not served on that port',
  async (path) => expect(await statusOf(theirs, path)).toBe(404),
);

it('METRICS_PORT takes no claims, and closes with the instance', async () => {
  const client = new Client(api);
  expect((await client.claim('default', 1)).status).toBe(202);
  expect((await send(theirs, { method: 'POST', path: '/v1/campaigns/default/grants' })).status).toBe(404);
  await api.close();
  await expect(send(theirs, { path: '/health/live' })).rejects.toThrow();
});
