import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SpanName } from '../../src/platform/tracing/spans.js';
import { eventually } from '../support/eventually.js';
import { EventReceiver } from '../support/event-receiver.js';
import { send } from '../support/http.js';
import { Client } from '../support/client.js';
import { type CollectedSpan, OtlpCollector } from '../support/otlp-collector.js';
import { ServiceProcess } from '../support/service-process.js';
import { tokenOf } from '../support/tokens.js';
import { webhookHeaders } from '../support/webhook-headers.js';
import { type RunningApp, World } from '../support/world.js';

const WEBHOOK_SECRET = 'a secret that signs webhooks in tests';

/** A user whose id would stand out in whatever quotes it. */
const USER = 4_242_424_242;

let world: World;
let collector: OtlpCollector;
let provider: Server;
/** The `traceparent` of each transfer that the provider was asked for, by campaign. */
const calls = new Map<string, string | undefined>();

/** A provider that settles every transfer and knows none that it is asked about. */
async function startProvider(): Promise<void> {
  provider = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(404).end('{"code":"not-found"}');
        return;
      }
      const order = JSON.parse(body) as { campaignId: string };
      calls.set(order.campaignId, request.headers.traceparent as string | undefined);
      const idempotencyKey = request.headers['idempotency-key'];
      response.writeHead(201).end(JSON.stringify({ id: 'tr_1', idempotencyKey, ...order, state: 'settled' }));
    });
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
}

beforeAll(async () => {
  await startProvider();
  collector = await OtlpCollector.start();
  world = await World.create({
    PAYOUT_HTTP_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    PAYOUT_HTTP_SECRET: 'a secret for calls of the provider',
    PAYOUT_WEBHOOK_SECRET: WEBHOOK_SECRET,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
  provider.closeAllConnections();
  provider.close();
  await collector.close();
});

const contextOf = (n: number) => ({ traceId: `c${n}`.padStart(32, 'a'), spanId: `c${n}`.padStart(16, 'b') });

const traceparent = (n: number, flags = '01') => {
  const { traceId, spanId } = contextOf(n);
  return `00-${traceId}-${spanId}-${flags}`;
};

const placeOf = ({ traceId, spanId }: CollectedSpan) => ({ traceId, spanId });

/** Claims until there is a place: a busy machine may answer 503. */
async function claim(at: Pick<RunningApp, 'url'>, campaign: string, user: number, n: number): Promise<void> {
  const headers = { Authorization: `Bearer ${await tokenOf(user)}`, traceparent: traceparent(n) };
  await eventually(async () => {
    const { status } = await send(at.url, {
      ...{ method: 'POST', path: `/v1/campaigns/${campaign}/grants`, headers },
    });
    expect([200, 202]).toContain(status);
  });
}

/** A campaign of five slots that the provider pays, and in which this user was paid. */
async function paidIn(app: RunningApp, campaign: string, user: number, n: number): Promise<void> {
  await new Client(app).createCampaign({ id: campaign, capacity: 5, payoutProvider: 'http' });
  await claim(app, campaign, user, n);
  await eventually(async () => {
    const [grant] = await world.rows<{ status: string }>(
      `SELECT status FROM user_grants WHERE campaign_id = $1 AND user_id = $2`,
      [campaign, user],
    );
    expect(grant?.status).toBe('SUCCESS');
  });
}

/** On a busy machine spans come later than the end of the process waits for them. */
async function collected(...names: readonly SpanName[]): Promise<void> {
  await eventually(() => {
    for (const name of names) expect(collector.named(name)).not.toEqual([]);
  });
}

const batchesOf = (campaign: string): CollectedSpan[] =>
  collector
    .named('claims')
    .filter(({ facts }) => facts['seonchak.campaign'] === campaign && Number(facts['seonchak.new']) > 0);

it('a claim that the provider pays can be followed from its request to the call and the webhook', async () => {
  const app = await world.start('all');
  await paidIn(app, 'followed', USER, 1);
  const body = JSON.stringify({
    type: 'transfer.settled',
    transfer: {
      ...{ id: 'tr_1', idempotencyKey: `grant:followed:${USER}`, campaignId: 'followed' },
      ...{ userId: String(USER), amount: 10, currency: 'KRW', state: 'settled' },
    },
  });
  const signed = Object.fromEntries(webhookHeaders(WEBHOOK_SECRET, 'evt_1', Buffer.from(body)));
  const headers = { ...signed, 'Content-Type': 'application/json', traceparent: traceparent(2) };
  const told = await send(app.url, { method: 'POST', path: '/v1/payout-events', headers, body });
  expect(told.status).toBe(204);
  await app.close(); // exports what waits
  await collected('claims', 'claims.decide', 'claims.commit', 'payouts', 'payout', 'webhook', 'reaper.look');

  const [claims] = batchesOf('followed');
  if (!claims) throw new Error('There is no span of the claim.');
  expect(claims.links).toEqual([contextOf(1)]);
  expect(claims.facts).toMatchObject({ 'seonchak.claims': 1, 'seonchak.lastArrivalNo': 1 });
  expect(claims.traceId).not.toBe(contextOf(1).traceId); // a stranger does not say in which trace
  for (const part of ['claims.decide', 'claims.commit'])
    expect(collector.named(part).map(({ parentSpanId }) => parentSpanId)).toContain(claims.spanId);

  const payout = collector.named('payout').find(({ facts }) => facts['seonchak.campaign'] === 'followed');
  expect(payout?.facts).toMatchObject({ 'seonchak.arrivalNo': 1, 'seonchak.answer': 'settled' });
  const batch = collector.named('payouts').find(({ spanId }) => spanId === payout?.parentSpanId);
  expect(batch?.links).toEqual([placeOf(claims)]);
  expect(calls.get('followed')).toBe(`00-${payout?.traceId}-${payout?.spanId}-01`);

  const [webhook] = collector.named('webhook');
  expect(webhook).toMatchObject({ links: [contextOf(2)], facts: { 'seonchak.effect': expect.any(String) } });
  const looks = collector.named('reaper.look').map(({ spanId }) => spanId);
  for (const { parentSpanId } of collector.named('reaper.task')) expect(looks).toContain(parentSpanId);
  expect(collector.bodies.join()).not.toContain(String(USER));
});

it('each request of a crowd is linked to by its batch, and the context of none leaks into another', async () => {
  const app = await world.start('api');
  await new Client(app).createCampaign({ id: 'crowd', capacity: 50 });
  const crowd = Array.from({ length: 30 }, (_, i) => 100 + i);
  await Promise.all(crowd.map((n) => claim(app, 'crowd', n, n)));
  await app.close();

  const batches = await eventually(() => {
    const found = batchesOf('crowd');
    const linked = found.flatMap(({ links }) => links.map(({ traceId }) => traceId));
    expect([...new Set(linked)].sort()).toEqual(crowd.map((n) => contextOf(n).traceId).sort());
    return found;
  });
  for (const { links, facts, parentSpanId } of batches) {
    expect(links).toHaveLength(Number(facts['seonchak.claims']));
    expect(parentSpanId).toBeUndefined();
  }
  expect(new Set(batches.map(({ traceId }) => traceId)).size).toBe(batches.length);
});

it('a caller who asks to be recorded is not, if the ratio says no; the provider is told so', async () => {
  const app = await world.start('all', { OTEL_TRACES_SAMPLER_ARG: '0' });
  await paidIn(app, 'unrecorded', 1, 3);
  await app.close();
  expect(collector.bodies.join()).not.toContain('unrecorded');
  expect(calls.get('unrecorded')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

it('without a collector the provider gets no traceparent', async () => {
  const app = await world.start('all', { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
  await paidIn(app, 'untraced', 1, 4);
  await app.close();
  expect([...calls.keys()]).toContain('untraced');
  expect(calls.get('untraced')).toBeUndefined();
});

it('a webhook that we send names its own span to the receiver, and without a collector nothing', async () => {
  const receiver = await EventReceiver.start();
  const named: unknown[] = [];
  receiver.answer = (response, { headers }) => {
    named.push(headers.traceparent);
    response.writeHead(204).end();
  };
  const start = (variables: Readonly<Record<string, string>> = {}): Promise<RunningApp> =>
    world.start('all', { WEBHOOKS_ALLOWED_ADDRESSES: '127.0.0.1', ...variables });
  try {
    const app = await start();
    const { status } = await new Client(app).operate('post', 'webhook-endpoints', { url: receiver.url });
    expect(status).toBe(201);
    await new Client(app).createCampaign({ id: 'sent', capacity: 1 });
    await eventually(() => expect(named).toHaveLength(1));
    await app.close();
    await collected('webhook.send');
    const [span] = collector.named('webhook.send');
    expect(span?.facts).toEqual({
      'seonchak.event': expect.stringMatching(/^evt_/),
      'seonchak.type': 'campaign.state',
      'seonchak.outcome': 'accepted',
    });
    expect(named).toEqual([`00-${span?.traceId}-${span?.spanId}-01`]);

    const untraced = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    await new Client(untraced).createCampaign({ id: 'sent-untraced', capacity: 1 });
    await eventually(() => expect(named).toHaveLength(2));
    await untraced.close();
    expect(named[1]).toBeUndefined();
  } finally {
    receiver.close();
  }
});

it('a collector that refuses spans keeps nobody from claiming; log lines name spans, and say that they are lost', async () => {
  const refusing = await OtlpCollector.start('refuses');
  const service = await ServiceProcess.start({
    ...world.variables,
    ...{ LOG_LEVEL: 'info', FAILPOINTS: 'gate.settled:error', OTEL_EXPORTER_OTLP_ENDPOINT: refusing.url },
  });
  for (let user = 1; user <= 5; user++) await claim(service, 'default', user, user);
  const linesOf = (event: string): Record<string, unknown>[] =>
    service.stdout
      .split('\n')
      .filter((line) => line.includes(`"${event}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await eventually(() => {
    for (const event of ['failpoint-failed', 'spans-not-exported']) expect(linesOf(event)).not.toEqual([]);
  });
  expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(linesOf('spans-not-exported')).toHaveLength(1);
  const [failed] = linesOf('failpoint-failed');
  const exported = refusing.bodies.join();
  expect([failed?.traceId, failed?.spanId].map((id) => exported.includes(String(id)))).toEqual([true, true]);
  expect(exported).toContain('FailpointError');
  await refusing.close();
});

it('a collector that hangs keeps nobody from claiming, nor the process from ending', async () => {
  const hanging = await OtlpCollector.start('hangs');
  const service = await ServiceProcess.start({
    ...world.variables,
    OTEL_EXPORTER_OTLP_ENDPOINT: hanging.url,
    SHUTDOWN_DEADLINE_MS: '4000', // less than an export may take
  });
  for (let user = 11; user <= 15; user++) await claim(service, 'default', user, user);
  await eventually(() => expect(hanging.bodies).not.toEqual([]));
  expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await hanging.close();
});
