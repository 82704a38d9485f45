import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Claim, ProblemError, SeonchakClient } from '../../client/seonchak-client.js';
import { Client } from '../support/client.js';
import { adminToken, tokenOf } from '../support/tokens.js';
import { UnsteadyFront } from '../support/unsteady-front.js';
import { type RunningApp, World } from '../support/world.js';

const CLAIM = 'POST /v1/campaigns/drop/grants';

let world: World;
let app: RunningApp;
let front: UnsteadyFront;

beforeAll(async () => {
  world = await World.create();
  app = await world.start('all');
  front = await UnsteadyFront.before(app.url);
  const admin = new Client(app);
  await admin.createCampaign({ id: 'drop', capacity: 1_000 });
  await admin.createCampaign({ id: 'one', capacity: 1, waitingCapacity: 0 });
});

afterAll(async () => {
  await front.stop();
  await world.close();
});

beforeEach(() => {
  front.came.length = 0;
  front.next.length = 0;
});

const clientOf = (userId: number, more: { readonly deadlineMs?: number } = {}): SeonchakClient =>
  new SeonchakClient({ baseUrl: front.url, token: () => tokenOf(userId), ...more });
const operator = (): SeonchakClient => new SeonchakClient({ baseUrl: front.url, token: adminToken });

const busy: RequestListener = (_, response) =>
  void response.writeHead(503, { 'Retry-After': '1' }).end('{"code":"unavailable","detail":"later"}');
const proxyFails: RequestListener = (_, response) => void response.writeHead(502).end('<html>');
const breaksOff: RequestListener = (request) => void request.socket.destroy();
const breaksOffLate: RequestListener = (request, response) => {
  response.writeHead(202, { 'Content-Length': '100' }).write('{"sta');
  setTimeout(() => request.socket.destroy(), 20);
};
const tooMany: RequestListener = (_, response) => void response.writeHead(429, { 'Retry-After': '0' }).end();

async function refused(call: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

describe('a claim', () => {
  it('is made, and followed until it is paid', async () => {
    const client = clientOf(1);
    const claim = await client.claim('drop');
    expect(claim).toMatchObject({ userId: '1', campaignId: 'drop' });
    const seen: Claim[] = [];
    for await (const state of client.follow('drop')) seen.push(state);
    expect(seen.at(-1)).toMatchObject({ status: 'SUCCESS', final: true, arrivalNo: claim.arrivalNo });
    expect(await client.status('drop')).toEqual(seen.at(-1));
  });

  it('is refused as the service refuses it', async () => {
    await clientOf(1).claim('one');
    const soldOut = await refused(clientOf(2).claim('one'));
    expect([soldOut.status, soldOut.code, soldOut.problem?.final]).toEqual([409, 'sold-out', false]);
    expect(soldOut.requestId).toMatch(/./);
    expect((await refused(clientOf(2).claim('none'))).code).toBe('unknown-campaign');
    expect((await refused(clientOf(2).status('drop'))).code).toBe('no-claim');
    expect((await refused(clientOf(1).leave('drop'))).code).toBe('illegal-transition');
    expect((await refused(clientOf(1).proof('drop'))).code).toBe('not-logged');
    expect(front.came.filter((line) => line.startsWith('POST'))).toHaveLength(3);
  });

  it.each<[string, RequestListener]>([
    ['the service is busy', busy],
    ['a proxy fails', proxyFails],
    ['the connection breaks off', breaksOff],
    ['the answer breaks off', breaksOffLate],
    ['there were too many', tooMany],
  ])('is sent again while %s, and made once', async (what, answer) => {
    front.next.push(answer, answer);
    const userId = 10 + what.length;
    expect(await clientOf(userId).claim('drop')).toMatchObject({ userId: String(userId) });
    expect(front.came).toEqual([CLAIM, CLAIM, CLAIM]);
  });

  it('waits for an opening that is near', async () => {
    const opensAt = new Date(Date.now() + 1_500).toISOString();
    await new Client(app).createCampaign({ id: 'soon', capacity: 1, opensAt });
    expect(await clientOf(5).claim('soon')).toMatchObject({ campaignId: 'soon', userId: '5' });
    await new Client(app).createCampaign({
      ...{ id: 'later', capacity: 1, opensAt: new Date(Date.now() + 600_000).toISOString() },
    });
    const early = await refused(clientOf(5).claim('later'));
    expect([early.code, typeof early.problem?.opensAt, (early.retryAfterMs ?? 0) > 60_000]).toEqual([
      ...['not-open', 'string', true],
    ]);
  });

  it('ends with the last answer once the deadline is near, or with what fetch threw', async () => {
    front.next.push(...Array<RequestListener>(50).fill(proxyFails));
    expect((await refused(clientOf(6, { deadlineMs: 1_500 }).claim('drop'))).status).toBe(502);
    expect(front.came.length).toBeGreaterThan(1);
    front.next.splice(0, Infinity, ...Array<RequestListener>(50).fill(breaksOff));
    await expect(clientOf(6, { deadlineMs: 1_500 }).claim('drop')).rejects.toThrow('fetch failed');
  });

  it('ends when the signal says so', async () => {
    front.next.push(...Array<RequestListener>(50).fill(busy));
    const ending = new AbortController();
    const claim = clientOf(7).claim('drop', { signal: ending.signal });
    setTimeout(() => ending.abort(new Error('the person has gone')), 100);
    await expect(claim).rejects.toThrow('the person has gone');
    expect(front.came).toHaveLength(1);
  });
});

describe('following a claim', () => {
  it('goes on while the service is away', async () => {
    const client = clientOf(8, { deadlineMs: 300 });
    await client.claim('drop');
    front.next.push(breaksOff, busy, proxyFails);
    const seen: Claim[] = [];
    for await (const state of client.follow('drop')) seen.push(state);
    expect(seen.at(-1)?.final).toBe(true);
    expect(front.came.length).toBeGreaterThan(3);
  });

  it('ends with what can’t change by waiting', async () => {
    const following = clientOf(99).follow('drop');
    expect((await refused(following.next())).code).toBe('no-claim');
  });
});

describe('a token', () => {
  it('is asked for again once when it is refused', async () => {
    const asked: boolean[] = [];
    const token = async (wasRefused: boolean): Promise<string> => {
      asked.push(wasRefused);
      return wasRefused ? tokenOf(11) : 'x.y.z';
    };
    const client = new SeonchakClient({ baseUrl: `${front.url}/`, token });
    expect(await client.claim('drop')).toMatchObject({ userId: '11' });
    expect(asked).toEqual([false, true]);
    const bad = new SeonchakClient({ baseUrl: front.url, token: () => 'x.y.z' });
    expect((await refused(bad.claim('drop'))).code).toBe('invalid-token');
  });

  it('that can’t be had ends the call before anything is sent', async () => {
    const token = (): Promise<string> => Promise.reject(new Error('signed out'));
    await expect(new SeonchakClient({ baseUrl: front.url, token }).claim('drop')).rejects.toThrow(
      'signed out',
    );
    expect(front.came).toEqual([]);
  });
});

describe('any other call', () => {
  it('is typed by the API', async () => {
    const made = await operator().call('post', '/v1/campaigns', {
      body: { id: 'made', name: 'Made', amount: 10, currency: 'KRW', capacity: 3 },
    });
    expect(made.capacity).toBe(3);
    const page = await operator().call('get', '/v1/campaigns', { query: { search: 'made', limit: 1 } });
    expect(page.items.map(({ id }) => id)).toEqual(['made']);
    const path = { id: 'made' };
    await operator().call('delete', '/v1/campaigns/{id}', { path });
    // @ts-expect-error: there is no such call
    expect((await refused(operator().call('get', '/v1/nothing', {}))).code).toBe('not-found');
  });

  it('is repeated if it reads, and if it changes something only where nothing was done', async () => {
    front.next.push(breaksOff);
    await operator().call('get', '/v1/campaigns', {});
    expect(front.came).toHaveLength(2);
    const body = { id: 'twice', name: 'Twice', amount: 10, currency: 'KRW', capacity: 3 };
    front.next.push(breaksOff);
    await expect(operator().call('post', '/v1/campaigns', { body })).rejects.toThrow('fetch failed');
    front.next.push(busy);
    expect((await refused(operator().call('post', '/v1/campaigns', { body }))).status).toBe(503);
    expect(front.came).toHaveLength(4);
    front.next.push(tooMany);
    await operator().call('post', '/v1/campaigns', { body });
    front.next.push(breaksOff);
    await operator().call('post', '/v1/campaigns', { body, repeatable: true });
    expect(front.came).toHaveLength(8);
  });
});

describe('the package that `npm run build` makes', () => {
  let folder: string;
  let backEnd: ChildProcess | undefined;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seonchak-client-'));
    mkdirSync(join(folder, 'node_modules/@seonchak'), { recursive: true });
    symlinkSync(resolve('dist/client'), join(folder, 'node_modules/@seonchak/client'));
  });

  afterAll(() => {
    backEnd?.kill();
    rmSync(folder, { recursive: true });
  });

  it('claims in Node.js, with a token of a partner’s back end (docs/examples/sign-tokens.mjs)', async () => {
    const probe = await UnsteadyFront.before(app.url); // a port that is free
    await probe.stop();
    const { port } = new URL(probe.url);
    const [issuer, at] = ['https://login.acme.example', `http://127.0.0.1:${port}`];
    backEnd = spawn(process.execPath, ['docs/examples/sign-tokens.mjs'], {
      env: { PATH: process.env.PATH, ISSUER: issuer, PORT: port },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(backEnd.stdout!, 'data');
    const partner = { issuer, audience: 'seonchak', keySet: `${at}/jwks.json`, campaigns: ['drop'] };
    const api = await world.start('api', { JWT_ISSUER: 'own', JWT_ISSUERS: JSON.stringify([partner]) });
    writeFileSync(
      join(folder, 'claim.mjs'),
      `import { SeonchakClient } from '@seonchak/client';
      const token = async () => (await fetch('${at}/token', { headers: { Cookie: 'session=of-kim' } })).text();
      const client = new SeonchakClient({ baseUrl: '${api.url}', token });
      console.log((await client.claim('drop')).userId);`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'claim.mjs')]);
    const [made] = await world.rows<{ subject: string }>(
      `SELECT subject FROM login_users WHERE issuer = $1 AND user_id = $2`,
      [issuer, stdout.trim()],
    );
    expect(made?.subject).toBe('kim@acme');
  });
});
