import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressRanges } from '../../../src/platform/config/address-ranges.js';
import { CALLS_AT_ONCE, guardedAgent } from '../../../src/webhooks-out/delivery/guarded-agent.js';
import { ReachableAddresses } from '../../../src/webhooks-out/delivery/reachable-addresses.js';
import { callReceiver, type Outcome } from '../../../src/webhooks-out/delivery/webhook-call.js';

// Whoever may name a URL reaches no address that is not allowed, whatever the name means and the receiver answers.

const ALLOWED = '127.0.0.1';
const FORBIDDEN = '127.0.0.2';

/** What the name means, look-up by look-up; the last one stays. */
let meanings: string[] = [];
/** Names of the server that does not answer, being looked up: each takes a thread. */
let unanswered: string[] = [];
jest.mock('node:dns/promises', () => ({
  ...jest.requireActual<object>('node:dns/promises'),
  lookup: (name: string) => {
    if (name.endsWith('.dead.example')) {
      unanswered.push(name);
      return new Promise(() => undefined);
    }
    return Promise.resolve([{ address: meanings.length > 1 ? meanings.shift() : meanings[0], family: 4 }]);
  },
}));

let server: Server;
/** Answers to /held, which wait. */
let held: ServerResponse[] = [];
/** `<address> <path>` of each request that arrived. */
let asked: string[] = [];

beforeEach(async () => {
  [asked, unanswered, held] = [[], [], []];
  server = createServer((request, response) => {
    asked.push(`${request.socket.localAddress} ${request.url}`);
    const location = `http://${FORBIDDEN}:${port()}/inside`;
    response.setHeader('connection', 'close'); // the next call connects anew
    if (request.url === '/held') held.push(response);
    else if (request.url === '/redirect') response.writeHead(307, { location }).end();
    else response.writeHead(204).end();
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
});

afterEach(() => server.close());

const port = (): number => (server.address() as AddressInfo).port;

const agent = guardedAgent(new ReachableAddresses(addressRanges(ALLOWED)), 1_000);

afterAll(() => agent.destroy());

function call(host: string, path = '/'): Promise<Outcome> {
  const receiver = { url: `http://${host}:${port()}${path}`, secrets: ['whsec_AAAA'] };
  const limits = { timeoutMs: 5_000, signal: new AbortController().signal };
  return callReceiver(
    agent,
    receiver,
    { id: 'evt_1', body: '{}', traceparent: undefined },
    new Date(),
    limits,
  );
}

it.each([FORBIDDEN, 'name.example'])('connects to no address that is refused: %s', async (host) => {
  meanings = [FORBIDDEN];
  expect(await call(host)).toMatchObject({ kind: 'failed', why: 'address-refused' });
  expect(asked).toEqual([]);
});

it('judges what a name means as it connects: that it was allowed a moment ago counts for nothing', async () => {
  meanings = [ALLOWED, FORBIDDEN];
  expect(await call('name.example')).toMatchObject({ kind: 'accepted' });
  expect(await call('name.example')).toMatchObject({ kind: 'failed', why: 'address-refused' });
  expect(asked).toEqual([`${ALLOWED} /`]);
});

it('does not go where a receiver sends it', async () => {
  expect(await call(ALLOWED, '/redirect')).toMatchObject({ kind: 'failed', why: 'answered-307' });
  expect(asked).toEqual([`${ALLOWED} /redirect`]);
});

it('takes one thread for all names that no server answers, and none from names that were answered', async () => {
  meanings = [ALLOWED];
  expect(await call('name.example')).toMatchObject({ kind: 'accepted' });
  const names = ['a', 'b', 'c', 'd', 'a'].map((name) => `${name}.dead.example`);
  const calls = await Promise.all([...names, 'name.example'].map((name) => call(name)));
  expect(calls.map(({ kind }) => kind)).toEqual([...names.map(() => 'failed'), 'accepted']);
  expect(unanswered).toEqual(['a.dead.example']);
});

it('keeps nobody waiting for another endpoint of the same host, however slow that one is', async () => {
  const slow = Array.from({ length: CALLS_AT_ONCE }, () => call(ALLOWED, '/held'));
  while (held.length < slow.length) await sleep(10);
  expect(await call(ALLOWED)).toMatchObject({ kind: 'accepted' });
  for (const response of held) response.writeHead(204).end();
  expect((await Promise.all(slow)).map(({ kind }) => kind)).toEqual(slow.map(() => 'accepted'));
});
