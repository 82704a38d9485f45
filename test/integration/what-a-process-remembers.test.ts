import { ModulesContainer } from '@nestjs/core';
import { LRUCache } from 'lru-cache';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { Scrape } from '../support/scrape.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
let api: RunningApp;
let worker: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create({ FINISH_AFTER_MS: '0' });
  api = await world.start('api');
  worker = await world.start('worker');
  client = new Client(api);
});

afterAll(() => world.close());

/** Objects of libraries are not looked into: they have bounds of their own, or none that we could set. */
const isOurs = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !/^(Data|Entity|Redis|Queue|Worker|Registry)/.test(value.constructor?.name ?? '');

const isPlain = (value: object): value is Map<unknown, unknown> | Set<unknown> =>
  value.constructor === Map || value.constructor === Set;

/**
 * Where an instance keeps something by one of these ids, in a collection that nothing bounds: as `Class.property`. What
 * is in an LRUCache is bounded.
 */
function unboundedMemoryOf({ app }: RunningApp, ids: ReadonlySet<string>): string[] {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const look = (value: unknown, path: string, depth: number): void => {
    if (!isOurs(value) || seen.has(value) || depth > 4) return;
    seen.add(value);
    if (value instanceof LRUCache) {
      if (!(value.max > 0)) found.push(path);
    } else if (isPlain(value)) {
      if ([...value.keys()].some((key) => typeof key === 'string' && ids.has(key))) found.push(path);
      for (const [, inner] of value.entries()) look(inner, `${path}[]`, depth + 1);
    } else {
      for (const [name, inner] of Object.entries(value)) look(inner, `${path}.${name}`, depth + 1);
    }
  };
  for (const module of app.get(ModulesContainer).values())
    for (const { instance, name } of [...module.providers.values(), ...module.controllers.values()])
      if (isOurs(instance) && !(instance instanceof ModulesContainer)) look(instance, String(name), 0);
  return found;
}

const over = Array.from({ length: 12 }, (_, i) => `come-and-gone-${i}`);

it('of campaigns that are over no process keeps anything but what is bounded', async () => {
  for (const id of over) {
    expect((await client.createCampaign({ id, capacity: 1, waitingCapacity: 1 })).status).toBe(201);
    expect((await client.claim(id, 1)).status).toBe(202);
    expect((await client.claim(id, 2)).status).toBe(202);
    await client.status(id, 1);
    await api.http.get(`/v1/campaigns/${id}`);
    await client.stats(id);
  }
  await eventually(async () =>
    expect(
      await world.rows(
        `SELECT id FROM campaigns WHERE id LIKE 'come-and-gone-%' AND gate_retired_at IS NULL`,
      ),
    ).toEqual([]),
  );
  // Of the others, nobody asks any more.
  for (const id of over.slice(0, 6)) expect((await client.claim(id, 3)).status).toBe(409);
  for (const app of [api, worker])
    await eventually(() => expect(unboundedMemoryOf(app, new Set(over))).toEqual([]));
});

it('a worker, which nobody asks, has no numbers of campaigns that are over', async () => {
  await eventually(async () => {
    const scrape = await Scrape.of(worker); // a moment old at most
    for (const name of ['seonchak_payouts_total', 'seonchak_slots', 'seonchak_recoveries_total'])
      for (const campaign of over) expect(scrape.sum(name, { campaign })).toBeUndefined();
  });
});

it('of campaigns that there are not, nothing is kept and nothing is counted', async () => {
  const ids = Array.from({ length: 50 }, (_, i) => `nowhere-${i}`);
  for (const id of ids) {
    const answers = await Promise.all([
      client.claim(id, 1),
      client.status(id, 1),
      client.leave(id, 1),
      client.stats(id),
      api.http.get(`/v1/campaigns/${id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  }
  await eventually(() => expect(unboundedMemoryOf(api, new Set(ids))).toEqual([]));
  const { text } = await api.http.get('/metrics');
  expect(text).not.toContain('nowhere-');
  expect((await world.redis.keys('*nowhere-*')).length).toBe(0);
});
