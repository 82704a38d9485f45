import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { NoTracing } from '../../src/platform/tracing/no-tracing.js';
import { HttpProviderAdapter } from '../../src/payouts/by-provider/http-provider-adapter.js';
import type { ProviderAnswer, ProviderRequest } from '../../src/payouts/payout-port.js';
import { BankProcess } from '../../verification/bank/bank-process.js';
import type { RequestFault } from '../../verification/bank/fault-kinds.js';
import { dataFolderOf } from '../support/data-folder.js';
import { eventually } from '../support/eventually.js';
import { users } from '../support/rush.js';
import { keepsThePayoutContract, type PayoutOrder, type PayoutOutcome } from './payout-port.contract.js';

let bank: BankProcess;
let provider: HttpProviderAdapter;
let nextUser = 1;

beforeAll(async () => {
  bank = await BankProcess.start({ logFile: join(dataFolderOf('http-provider'), 'bank.jsonl') });
  provider = new HttpProviderAdapter(
    readEnvironment({
      ...bank.serviceVariables,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
      JWT_SECRET: 'not used here, but the configuration wants one',
      PAYOUT_HTTP_TIMEOUT_MS: '400',
      PAYOUT_HTTP_RESPONSE_LIMIT_BYTES: '4096',
    }),
    new NoTracing(),
  );
});

afterAll(async () => {
  await provider.onApplicationShutdown();
  await BankProcess.killAll();
});

function orders(count: number): PayoutOrder[] {
  const first = nextUser;
  nextUser += count;
  return users(first, count).map((userId) => ({
    idempotencyKey: `grant:c:${userId}`,
    campaignId: 'c',
    userId: String(userId),
    amount: 10n,
  }));
}

function requestOf({ idempotencyKey, campaignId, userId, amount }: PayoutOrder): ProviderRequest {
  return {
    idempotencyKey,
    body: JSON.stringify({ campaignId, userId, amount: Number(amount), currency: 'KRW' }),
  };
}

function anOrder(): PayoutOrder {
  const [order] = orders(1);
  return order!;
}

async function moved(userId: string): Promise<bigint> {
  const lines = await bank.readLog();
  const settled = lines.filter((line) => line.event === 'settled' && line.userId === userId);
  return settled.reduce((sum, { amount }) => sum + BigInt(amount ?? 0), 0n);
}

function toOutcome({ idempotencyKey }: PayoutOrder, answer: ProviderAnswer): PayoutOutcome {
  if (answer.kind !== 'settled' && answer.kind !== 'rejected') throw new Error(`No outcome: ${answer.kind}`);
  const { kind, ...rest } = answer;
  return {
    idempotencyKey,
    ...rest,
    state: kind === 'settled' ? 'SETTLED' : 'REJECTED',
  } as PayoutOutcome;
}

describe('R13, P7: the HTTP adapter together with a provider that keeps the contract', () => {
  const closed = new Set<string>();
  const tell = async (): Promise<void> => {
    await bank.control.setOdds({ rejectUsers: [...closed] });
  };
  keepsThePayoutContract(() => ({
    pay: (some) =>
      Promise.all(some.map(async (order) => toOutcome(order, await provider.send(requestOf(order))))),
    orders: (count) => Promise.resolve(orders(count)),
    reject: async (userId) => {
      closed.add(userId);
      await tell();
    },
    accept: async (userId) => {
      closed.delete(userId);
      await tell();
    },
    received: moved,
  }));
});

describe('P7: anything but a definite answer is doubt', () => {
  const kinds: readonly (readonly [RequestFault, string, bigint])[] = [
    ['timeoutAfter', 'time-out', 10n],
    ['timeoutBefore', 'time-out', 0n],
    ['errorAfter', 'status-500', 10n],
    ['errorBefore', 'status-500', 0n],
    ['hugeAfter', 'too-large', 10n],
    ['dripAfter', 'time-out', 10n],
    ['resetAfter', 'connection', 10n],
    ['resetBefore', 'connection', 0n],
  ];
  it.each(kinds)('%s', async (fault, why, money) => {
    const order = anOrder();
    await bank.control.planFault({ userId: order.userId }, fault);
    expect(await provider.send(requestOf(order))).toEqual({ kind: 'in-doubt', why });
    expect(await moved(order.userId)).toBe(money);
    // The same request under the same key tells the outcome, and moves nothing twice.
    expect(await provider.send(requestOf(order))).toMatchObject({ kind: 'settled' });
    expect(await moved(order.userId)).toBe(10n);
  });

  it('an unreadable answer', async () => {
    const order = anOrder();
    await bank.control.planFault({ userId: order.userId }, 'malformedAfter');
    expect(await provider.send(requestOf(order))).toMatchObject({ kind: 'in-doubt' });
    expect(await moved(order.userId)).toBe(10n);
  });

  it('an answer for another key or amount', async () => {
    const order = anOrder();
    await bank.control.planFault({ userId: order.userId }, 'wrongEchoAfter');
    expect(await provider.send(requestOf(order))).toMatchObject({
      kind: 'in-doubt',
      why: expect.stringMatching(/^other-(key|amount)$/),
    });
  });

  it('a pending transfer, until a look-up finds it settled', async () => {
    const order = anOrder();
    await bank.control.planFault({ userId: order.userId }, 'pendingFirst');
    expect(await provider.send(requestOf(order))).toEqual({ kind: 'in-doubt', why: 'pending' });
    await eventually(async () => {
      expect(await provider.find(requestOf(order))).toMatchObject({ kind: 'settled' });
    });
  });

  it('the same key with another body', async () => {
    const order = anOrder();
    await provider.send(requestOf(order));
    expect(await provider.send(requestOf({ ...order, amount: 11n }))).toEqual({
      kind: 'in-doubt',
      why: 'status-409',
    });
    expect(await moved(order.userId)).toBe(10n);
  });

  it('a look-up of a key that the provider has not seen finds nothing, which is neither settled nor rejected', async () => {
    expect(await provider.find(requestOf(anOrder()))).toEqual({ kind: 'not-found' });
  });

  it('"too many requests" is neither doubt nor failure: send later, not before the time that the provider named', async () => {
    const order = anOrder();
    await bank.control.planFault({ userId: order.userId }, 'tooMany');
    expect(await provider.send(requestOf(order))).toEqual({ kind: 'not-now', retryAfterMs: 1_000 });
    expect(await moved(order.userId)).toBe(0n);
  });
});

describe('R23: with several secrets', () => {
  const [OLD, NEW] = ['an old secret of ours', 'a new secret of ours'] as const;
  let known: readonly string[] = [OLD];
  let asked: string[] = [];
  const server = createServer((request, response) => {
    const secret = request.headers.authorization?.replace('Bearer ', '') ?? '';
    asked.push(secret);
    response.writeHead(known.includes(secret) ? 404 : 401).end('{"code":"not-found"}');
  });
  let other: HttpProviderAdapter;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    other = new HttpProviderAdapter(
      readEnvironment({
        ...bank.serviceVariables,
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
        REDIS_URL: 'redis://127.0.0.1:1',
        JWT_SECRET: 'not used here, but the configuration wants one',
        PAYOUT_HTTP_URL: `http://127.0.0.1:${port}`,
        PAYOUT_HTTP_SECRET: `${NEW}|${OLD}`,
      }),
      new NoTracing(),
    );
  });

  afterAll(async () => {
    await other.onApplicationShutdown();
    server.close();
  });

  /** @returns the kind of the answer, and the secrets that were sent */
  async function look(): Promise<readonly [string, readonly string[]]> {
    asked = [];
    const { kind } = await other.find(requestOf(anOrder()));
    return [kind, asked];
  }

  it('the first is sent, then the next if the provider does not know it; from then on the accepted one', async () => {
    expect(await look()).toEqual(['not-found', [NEW, OLD]]);
    expect(await look()).toEqual(['not-found', [OLD]]);
    known = [OLD, NEW];
    expect(await look()).toEqual(['not-found', [OLD]]);
    known = [NEW];
    expect(await look()).toEqual(['not-found', [OLD, NEW]]);
    expect(await look()).toEqual(['not-found', [NEW]]);
  });

  it('each is sent once if the provider knows none, and nothing is in doubt', async () => {
    known = [];
    expect(await look()).toEqual(['refused', [NEW, OLD]]);
    expect(await look()).toEqual(['refused', [NEW, OLD]]);
  });
});
