import { DirectRoutes } from '../../src/platform/http/direct-routes.js';
import { ServiceClock } from '../../src/grants/clock/service-clock.js';
import { expectProblem } from '../support/problem.js';
import { send } from '../support/http.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
});

afterAll(() => world.close());

/** Redis' own clock, in ms. */
async function gateNow(): Promise<number> {
  const [seconds, micros] = await world.redis.time();
  return Number(seconds) * 1_000 + Number(micros) / 1_000;
}

describe('GET /v1/time', () => {
  it('tells anybody the time of the gate’s clock, to the ms, and is never cached', async () => {
    for (let i = 0; i < 20; i++) {
      const before = await gateNow();
      const { status, body, headers } = await api.http.get('/v1/time');
      const after = await gateNow();
      expect({ status, cache: headers['cache-control'] }).toEqual({ status: 200, cache: 'no-store' });
      expect(body).toEqual({
        now: new Date(body.unixMs as number).toISOString(),
        unixMs: expect.any(Number),
      });
      // The offset is wrong by half a round trip to Redis at most.
      expect(body.unixMs).toBeGreaterThanOrEqual(before - 5);
      expect(body.unixMs).toBeLessThanOrEqual(after + 5);
    }
  });

  it('takes the direct route, and answers there as Express and Nest do', async () => {
    const serve = jest.spyOn(api.app.get(DirectRoutes), 'serve');
    const [short, long] = [
      await send(api.url, { path: '/v1/time', headers: { 'X-Request-Id': 'same' } }),
      await send(api.url, { path: '/v1/time?', headers: { 'X-Request-Id': 'same' } }),
    ];
    expect(serve.mock.results.map(({ value }) => value as boolean)).toEqual([true, false]);
    expect({ ...short.headers, date: '' }).toEqual({ ...long.headers, date: '' });
    expect(Object.keys(JSON.parse(short.text) as object)).toEqual(['now', 'unixMs']);
    serve.mockRestore();
  });

  it('asks no server to answer', async () => {
    const before = await world.redis.info('commandstats');
    const calls = (stats: string): number =>
      [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    const asked = 300;
    for (let i = 0; i < asked; i++) await api.http.get('/v1/time');
    // Heartbeats and the reading of the clock go on meanwhile, some a second.
    expect(calls(await world.redis.info('commandstats')) - calls(before)).toBeLessThan(asked / 2);
  });

  it('falls back on Postgres’ clock while Redis is away, and is 503 while neither is known', async () => {
    const alone = await world.start('api', { REDIS_URL: 'redis://127.0.0.1:1' });
    try {
      const { status, body } = await alone.http.get('/v1/time');
      const [clock] = await world.rows<{ now: Date }>(`SELECT clock_timestamp() AS now`);
      expect(status).toBe(200);
      expect(Math.abs((body.unixMs as number) - clock!.now.getTime())).toBeLessThan(1_000);

      jest.spyOn(alone.app.get(ServiceClock), 'nowIfKnown').mockReturnValue(null);
      const unknown = await alone.http.get('/v1/time');
      expectProblem(unknown, 503, 'unavailable');
      expect(unknown.headers['retry-after']).toMatch(/^[123]$/);
    } finally {
      await alone.close();
    }
  });
});
