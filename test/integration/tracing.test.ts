import { setTimeout as sleep } from 'node:timers/promises';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { openTracing } from '../../src/platform/tracing/open-tracing.js';
import type { Tracing } from '../../src/platform/tracing/tracing.js';
import { eventually } from '../support/eventually.js';
import { OtlpCollector } from '../support/otlp-collector.js';

type Closable = Tracing & { onApplicationShutdown(): Promise<void> };

let collector: OtlpCollector;

beforeEach(async () => {
  collector = await OtlpCollector.start();
});

afterEach(() => collector.close());

function open(variables: Readonly<Record<string, string>> = {}): Promise<Closable> {
  return openTracing(
    readEnvironment({
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
      JWT_SECRET: 'not used here, but the configuration wants one',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ...variables,
    }),
  ) as Promise<Closable>;
}

/** Ends tracing, and waits until so many spans have come: on a busy machine later than the end waits for them. */
async function end(tracing: Closable, spans: number): Promise<void> {
  await tracing.onApplicationShutdown();
  await eventually(() => expect(collector.spans).toHaveLength(spans));
}

/** A place in a stranger's trace. @param flags 01 asks for recording */
const stranger = (n: number, flags = '01') =>
  `00-${String(n).padStart(32, 'a')}-${String(n).padStart(16, 'b')}-${flags}`;

it('work within work is its child, in the trace of the first; work beside it is none', async () => {
  const tracing = await open();
  const inner = (): Promise<void> => tracing.run('payout', { arrivalNo: 7 }, () => sleep(5));
  await Promise.all([
    tracing.run('payouts', { campaign: 'one' }, async () => {
      await sleep(1);
      await inner();
    }),
    tracing.run('claims', { campaign: 'two' }, () => sleep(3)),
  ]);
  await end(tracing, 3);
  const [payouts, payout, claims] = ['payouts', 'payout', 'claims'].map((name) => collector.named(name)[0]);
  expect(payout).toMatchObject({ traceId: payouts?.traceId, parentSpanId: payouts?.spanId });
  expect(payout?.facts).toEqual({ 'seonchak.arrivalNo': 7 });
  expect(claims?.parentSpanId).toBeUndefined();
  expect(claims?.traceId).not.toBe(payouts?.traceId);
});

it('what outlives the work belongs to it no longer', async () => {
  const tracing = await open();
  let later: Promise<unknown> = Promise.resolve();
  await tracing.run('claims', {}, () => {
    later = sleep(20).then(async () => {
      expect([tracing.here, tracing.ids]).toEqual([undefined, {}]);
      await tracing.run('payouts', {}, () => Promise.resolve());
    });
    expect(tracing.ids).toEqual({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    return Promise.resolve();
  });
  await later;
  await end(tracing, 2);
  expect(collector.named('payouts')[0]?.parentSpanId).toBeUndefined();
});

it('a span links to the origins of its work, as many as it can hold, and skips what is none', async () => {
  const tracing = await open();
  const nonsense = [
    '',
    'x'.repeat(8_000),
    '00-zz-zz-01',
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    undefined,
  ];
  const origins = [...nonsense, ...Array.from({ length: 500 }, (_, i) => stranger(i + 1, '00'))];
  await tracing.run(
    'claims',
    {},
    () => Promise.resolve(),
    () => origins,
  );
  await end(tracing, 1);
  const links = collector.spans[0]?.links ?? [];
  expect(links).toHaveLength(64);
  expect(links[0]).toEqual({ traceId: '1'.padStart(32, 'a'), spanId: '1'.padStart(16, 'b') });
});

it('a ratio of our own decides what is recorded, and a stranger’s flag nothing', async () => {
  const asked = jest.fn(() => [stranger(1, '01')]);
  const none = await open({ OTEL_TRACES_SAMPLER_ARG: '0' });
  await none.run(
    'claims',
    {},
    () => {
      expect(none.here).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(none.ids).toEqual({});
      return none.run('payout', {}, () => Promise.resolve());
    },
    asked,
  );
  await none.onApplicationShutdown();
  expect(asked).not.toHaveBeenCalled();
  expect(collector.spans).toEqual([]);

  const all = await open();
  await all.run(
    'claims',
    {},
    () => Promise.resolve(),
    () => [stranger(1, '00')],
  );
  await end(all, 1);
});

it('a failure is passed on, and its span names the kind of error, not the message', async () => {
  const tracing = await open();
  const failure = Object.assign(new Error('Key (user_id)=(4242424242)'), { code: '23505' });
  await expect(tracing.run('webhook', {}, () => Promise.reject(failure))).rejects.toBe(failure);
  await end(tracing, 1);
  expect(collector.spans[0]).toMatchObject({ failed: true, facts: { 'error.type': '23505' } });
  expect(collector.bodies.join()).not.toContain('4242424242');
});

it('exports carry the configured headers, and name the service, its role and the instance', async () => {
  const tracing = await open({
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20secret,x-tenant=shop',
    OTEL_SERVICE_NAME: 'give-aways',
    APP_ROLE: 'worker',
  });
  await tracing.run('claims', {}, () => Promise.resolve());
  await end(tracing, 1);
  expect(collector.headers[0]).toMatchObject({ 'api-key': 'a secret', 'x-tenant': 'shop' });
  expect(collector.resources[0]).toMatchObject({
    'service.name': 'give-aways',
    'service.instance.id': expect.any(String) as string,
    'seonchak.role': 'worker',
  });
});

it('the end exports all that waits', async () => {
  const tracing = await open();
  for (let i = 0; i < 2_000; i++) await tracing.run('claims', {}, () => Promise.resolve());
  await end(tracing, 2_000);
});
