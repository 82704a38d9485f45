import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { busiest, spoilUntilEffect } from '../../verification/chaos/nemesis/link-faults.js';
import { TcpProxy } from '../../verification/chaos/proxy/tcp-proxy.js';
import type { Toxic } from '../../verification/chaos/proxy/toxic.js';
import { eventually } from '../support/eventually.js';
import { closeRedisAtOnce } from '../support/redis-closing.js';

const SERVER = process.env.TEST_REDIS_URL ?? '';
const SOON_MS = 300;

let proxy: TcpProxy;
/** Connects to the server directly. */
let direct: Redis;
/** Connects through the proxy, and does not reconnect. */
let client: Redis;
let key: string;

async function connected(): Promise<Redis> {
  const redis = new Redis(proxy.urlOf(SERVER), {
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  redis.on('error', () => undefined);
  await redis.connect();
  await redis.ping();
  return redis;
}

/** The state of a promise after `ms`: its value, 'rejected' or 'pending'. */
function after<T>(ms: number, promise: Promise<T>): Promise<T | 'rejected' | 'pending'> {
  return Promise.race([promise.catch(() => 'rejected' as const), sleep(ms, 'pending' as const)]);
}

beforeAll(async () => {
  closeRedisAtOnce();
  direct = new Redis(SERVER);
  proxy = await TcpProxy.start(Number(new URL(SERVER).port));
});

beforeEach(async () => {
  key = `chaos-proxy:${randomBytes(6).toString('hex')}`;
  client = await connected();
});

afterEach(async () => {
  await proxy.set(null);
  client.disconnect();
  await direct.del(key);
});

afterAll(async () => {
  await proxy.close();
  direct.disconnect();
});

describe('the proxy in front of a server', () => {
  it('forwards everything, in order, whatever its size', async () => {
    const large = randomBytes(3_000_000).toString('base64');
    await client.set(key, large);
    expect(await client.get(key)).toBe(large);
    const counted = await Promise.all(Array.from({ length: 500 }, () => client.incr(`${key}:n`)));
    expect(counted).toEqual(counted.map((_, i) => i + 1));
    await direct.del(`${key}:n`);
  });

  it('latency: all answers arrive, late and in order', async () => {
    await proxy.set({ kind: 'latency', delayMs: 150 });
    const begun = performance.now();
    const counted = await Promise.all(Array.from({ length: 50 }, () => client.incr(key)));
    expect(counted).toEqual(counted.map((_, i) => i + 1));
    expect(performance.now() - begun).toBeGreaterThanOrEqual(300 - 5); // there and back
    expect(proxy.hits).toBeGreaterThan(0);
  });

  it('black hole: connections stay open, new ones are accepted, nothing passes before it ends; then all arrives', async () => {
    await proxy.set({ kind: 'black-hole' });
    const written = client.set(key, 'late');
    const newcomer = connected();
    expect(await after(SOON_MS, written)).toBe('pending');
    expect(await after(0, newcomer)).toBe('pending');
    expect(await direct.get(key)).toBeNull();
    expect(proxy.hits).toBeGreaterThan(0);
    await proxy.set(null);
    expect(await written).toBe('OK');
    expect(await direct.get(key)).toBe('late');
    (await newcomer).disconnect();
  });

  it('black hole: what a client sent before it disconnected is still executed when it ends', async () => {
    await proxy.set({ kind: 'black-hole' });
    void client.set(key, 'posthumous').catch(() => undefined);
    await sleep(50);
    client.disconnect();
    await sleep(50);
    expect(await direct.get(key)).toBeNull();
    await proxy.set(null);
    await eventually(async () => expect(await direct.get(key)).toBe('posthumous'));
  });

  it('reset: open connections break at once, new ones as soon as data is sent', async () => {
    const broken = new Promise((resolve) => client.once('close', resolve));
    await proxy.set({ kind: 'reset' });
    await broken;
    expect(proxy.hits).toBe(1);
    await expect(connected()).rejects.toThrow();
    expect(proxy.hits).toBeGreaterThan(1);
  });

  it('cut: the configured number of reply bytes passes, and not one more', async () => {
    await direct.set(key, 'x'.repeat(10_000));
    await proxy.set({ kind: 'cut', afterBytes: 500 });
    expect(await client.ping()).toBe('PONG');
    expect(proxy.hits).toBe(0);
    await expect(client.get(key)).rejects.toThrow();
    expect(proxy.hits).toBe(1);
  });

  it('drop the reply: requests are executed, no reply arrives, and the connection is cut after a while', async () => {
    await proxy.set({ kind: 'drop-reply', cutAfterMs: SOON_MS });
    const written = client.set(key, 'unheard');
    await eventually(async () => expect(await direct.get(key)).toBe('unheard'));
    await expect(written).rejects.toThrow();
    expect(proxy.hits).toBe('+OK\r\n'.length);
  });

  it('drop the reply: a connection that has missed a reply is cut when it ends', async () => {
    await proxy.set({ kind: 'drop-reply', cutAfterMs: 60_000 });
    const written = client.set(key, 'unheard');
    await eventually(() => expect(proxy.hits).toBe('+OK\r\n'.length)); // Redis may have answered before the proxy reads it
    await proxy.set(null);
    await expect(written).rejects.toThrow();
  });

  it('refuse: nothing listens and open connections break; when it ends, connections succeed again', async () => {
    const broken = new Promise((resolve) => client.once('close', resolve));
    await proxy.set({ kind: 'refuse' });
    await broken;
    await expect(once(connect(proxy.port, '127.0.0.1'), 'connect')).rejects.toThrow(/ECONNREFUSED/);
    expect(proxy.hits).toBeGreaterThan(0);
    await proxy.set(null);
    (await connected()).disconnect();
  });

  it.each<Toxic>([
    { kind: 'latency', delayMs: 20 },
    { kind: 'black-hole' },
    { kind: 'reset' },
    { kind: 'cut', afterBytes: 1 },
    { kind: 'drop-reply', cutAfterMs: 10 },
    { kind: 'refuse' },
  ])('works again after $kind', async (toxic) => {
    await proxy.set(toxic);
    void client.incr(key).catch(() => undefined);
    await sleep(50);
    await proxy.set(null);
    const healthy = await connected();
    expect(await healthy.set(key, 'healed')).toBe('OK');
    expect(await healthy.get(key)).toBe('healed');
    healthy.disconnect();
  });
});

it('resets the client when the server behind the proxy does not run', async () => {
  const gone = await TcpProxy.start(1);
  const redis = new Redis(`redis://127.0.0.1:${gone.port}`, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  await expect(redis.connect()).rejects.toThrow();
  redis.disconnect();
  await gone.close();
});

describe('the busiest of several links', () => {
  it('is the one that carries most from now on, whatever was carried before', async () => {
    const other = await TcpProxy.start(Number(new URL(SERVER).port));
    const onOther = new Redis(other.urlOf(SERVER));
    try {
      await onOther.set(key, 'x'.repeat(100_000));
      const found = busiest([other, proxy]);
      await Promise.all([client.set(key, 'x'.repeat(10_000)), onOther.ping()]);
      expect((await found).map(({ port }) => port)).toEqual([proxy.port]);
    } finally {
      onOther.disconnect();
      await other.close();
    }
  });

  it('is found once there is traffic', async () => {
    const found = busiest([proxy]);
    await sleep(SOON_MS);
    await client.ping();
    expect((await found).map(({ port }) => port)).toEqual([proxy.port]);
  });

  it('shares its fault with the others once its work has gone to one of them', async () => {
    const idle = await TcpProxy.start(Number(new URL(SERVER).port));
    try {
      const effect = spoilUntilEffect([idle], [idle, proxy], { kind: 'cut', afterBytes: 700 }, SOON_MS);
      const write = async (): Promise<unknown> => client.set(key, 'x'.repeat(10_000)).catch(() => undefined);
      const work = setInterval(() => void write(), SOON_MS / 10);
      expect(await effect.finally(() => clearInterval(work))).toBeGreaterThan(0);
    } finally {
      await idle.close();
    }
  });
});
