import { DataSource } from 'typeorm';
import type { Transfer } from '../../src/payouts/by-provider/transfer-answer.js';
import {
  type BothSides,
  copyOurs,
  copyTheirs,
  sides,
} from '../../src/payouts/reconciliation/comparison-sheet.js';
import { differenceBetween } from '../../src/payouts/reconciliation/difference.js';
import { postgresOptions } from '../../src/platform/postgres/postgres-options.js';
import { World } from '../support/world.js';

let world: World;
let source: DataSource;

beforeAll(async () => {
  world = await World.create();
  const url = world.variables.DATABASE_URL ?? '';
  source = new DataSource(
    postgresOptions({
      url,
      poolSize: 1,
      statementTimeoutMs: 60_000,
      applicationName: 'test',
      looksUpByKey: true,
    }),
  );
  await source.initialize();
});

afterAll(async () => {
  await source.destroy();
  await world.close();
});

const KEY = 'grant:default:1';

function transfer(number: number, state: string): Transfer {
  const terms = { campaignId: 'default', userId: '1', amount: 10, currency: 'KRW' };
  return { id: `t${number}`, idempotencyKey: KEY, state, reason: null, ...terms };
}

it('a key under which the provider made thousands of transfers costs as much as one with a few, and is told apart', async () => {
  const session = source.createQueryRunner();
  await copyOurs(session, 'default');
  const states = Array.from({ length: 5_000 }, (_, i) =>
    i === 3_000 || i === 4_000 ? 'settled' : 'rejected',
  );
  await copyTheirs(
    session.manager,
    states.map((state, number) => transfer(number, state)),
  );
  const all: BothSides[] = [];
  for await (const side of sides(session.manager)) all.push(side);
  await session.release();
  expect(all).toHaveLength(1);
  expect(all[0]?.theirs.map(({ id }) => id)).toEqual([
    ...['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9'],
    ...['t3000', 't4000'],
  ]);
  expect(differenceBetween(KEY, null, all[0]?.theirs ?? [])).toBe('paid-twice');
});
