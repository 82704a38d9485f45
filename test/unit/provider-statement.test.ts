import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readStatement } from '../../src/payouts/reconciliation/provider-statement.js';

interface Page {
  readonly ids: readonly string[];
  readonly next: string | null;
}

/** A provider that never comes to an end must not take the test with it. */
const MOST_PAGES = 100;

/** Reads what a provider says page by page. @returns the ids of the transfers */
async function read(pageAfter: (after: string | null, asked: number) => Page): Promise<string[]> {
  let asked = 0;
  const server = createServer((request, response) => {
    const after = new URL(request.url ?? '', 'http://x').searchParams.get('after');
    const { ids, next } = pageAfter(after, asked++);
    const transfers = ids.map((id) => ({
      ...{ id, idempotencyKey: `grant:drop:${id}`, campaignId: 'drop', userId: '1' },
      ...{ amount: 10, currency: 'KRW', state: 'settled' },
    }));
    response.end(JSON.stringify({ transfers, next }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const found: string[] = [];
    for await (const page of readStatement({ url: `http://127.0.0.1:${port}`, secret: 'any' }, 'drop', 1)) {
      found.push(...page.map(({ id }) => id));
      if (asked >= MOST_PAGES) throw new Error('It goes on and on.');
    }
    return found;
  } finally {
    server.close();
  }
}

it('reads one page after the other, to the last', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `t${i}`);
  const found = await read((after) => {
    const place = after === null ? 0 : ids.indexOf(after) + 1;
    const id = ids[place] ?? '';
    return { ids: [id], next: place === ids.length - 1 ? null : id };
  });
  expect(found).toEqual(ids);
});

it.each([
  ['from a page to itself', 1],
  ['from one page to another and back', 2],
  ['through seven pages', 7],
])('gives up a statement that goes in a circle %s', async (_, length) => {
  const circle = (after: string | null): Page => {
    const place = after === null ? 0 : (Number(after) + 1) % length;
    return { ids: [`t${place}`], next: String(place) };
  };
  await expect(read(circle)).rejects.toThrow('The statement goes in circles.');
});

it.each([
  ['with what it has said before', ['t1']],
  ['with nothing', []],
])('gives up a statement that has ever new pages %s', async (_, ids) => {
  await expect(read((__, asked) => ({ ids, next: `after-${asked}` }))).rejects.toThrow(
    'The statement goes in circles.',
  );
});
