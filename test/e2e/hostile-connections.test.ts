import { digestAtRest, digestOf } from '../support/digest.js';
import { sendBytes } from '../support/http.js';
import { PatientApi } from '../support/patient-api.js';
import { expectProblem } from '../support/problem.js';

let api: PatientApi;

beforeAll(async () => {
  api = await PatientApi.start();
});

afterAll(() => api.close());

describe('requests through one connection', () => {
  it('may be sent all at once, and are answered in order', async () => {
    const count = 150; // only so many unknown campaigns are looked up at once
    const paths = Array.from({ length: count }, (_, i) => `/v1/campaigns/${i % 2 ? 'open' : `nope-${i}`}`);
    const bytes = paths.map(
      (path, i) =>
        `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: n-${i}\r\n${i + 1 < count ? '' : 'Connection: close\r\n'}\r\n`,
    );
    const { text } = await api.raw.trickle(bytes.join(''), null);
    const ids = [...text.matchAll(/X-Request-Id: n-(\d+)/gi)].map(([, id]) => Number(id));
    expect(ids).toEqual(paths.map((_, i) => i));
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(paths.map((_, i) => (i % 2 ? '200' : '404')));
  });

  const chunked = 'Transfer-Encoding: chunked\r\n';
  const smuggled = 'POST /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n';

  it.each([
    ['a length and chunks', `Content-Length: 4\r\n${chunked}`, '0\r\n\r\n'],
    ['chunks and a length', `${chunked}Content-Length: 4\r\n`, '0\r\n\r\n'],
    ['chunks twice', `${chunked}${chunked}Content-Length: 4\r\n`, '0\r\n\r\n'],
    ['chunks that are not the last encoding', 'Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'],
    ['chunks that are not quite', 'Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'],
    ['chunks behind a tab', 'Transfer-Encoding:\tchunked\r\nContent-Length: 4\r\n', '0\r\n\r\n'],
    ['chunks behind a space', 'Transfer-Encoding : chunked\r\nContent-Length: 4\r\n', '0\r\n\r\n'],
    [
      'chunks in a folded header',
      'X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 4\r\n',
      '0\r\n\r\n',
    ],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 60\r\n', ''],
    ['a list of lengths', 'Content-Length: 0, 60\r\n', ''],
    ['a length with a sign', 'Content-Length: +0\r\n', ''],
    ['a length in hexadecimal', 'Content-Length: 0x0\r\n', ''],
    ['a length beyond all bounds', 'Content-Length: 99999999999999999999999\r\n', ''],
    ['a chunk without a size', chunked, '\r\n'],
    ['a chunk of a negative size', chunked, '-1\r\n{}\r\n0\r\n\r\n'],
    ['a chunk of a huge size', chunked, 'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n'],
    ['a chunk of another size', chunked, '1\r\n{}\r\n0\r\n\r\n'],
    ['a chunk in hexadecimal with a prefix', chunked, '0x2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk ended by a line feed', chunked, '2\n{}\r\n0\r\n\r\n'],
    ['a chunk with long extensions', chunked, `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
    ['a header ended by a line feed', 'X: y\n', ''],
    ['a NUL in a header', 'X: a\u0000b\r\n', ''],
  ])('cannot be hidden behind %s', async (_, headers, body) => {
    const before = await digestAtRest(api.world);
    const first = `POST /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
    const { text } = await api.raw.trickle(`${first}${smuggled}${api.authorization}\r\n`, null);
    const heads = text.split(/(?=HTTP\/1\.1 \d{3} )/);
    expect(heads[0]).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text.toLowerCase()).toContain('connection: close');
    expect(text).not.toMatch(/HTTP\/1\.1 2/);
    expect(await digestOf(api.world)).toEqual(before);
  });
});

describe('odd HTTP', () => {
  const get = (rest: string, target = '/v1/campaigns/open', version = '1.1') =>
    sendBytes(api.app.url, `GET ${target} HTTP/${version}\r\n${rest}\r\n`);
  const last = 'Host: x\r\nConnection: close\r\n';

  it('of version 1.0 is served, with and without a Host', async () => {
    for (const rest of ['', 'Host: x\r\n']) expect((await get(rest, undefined, '1.0')).status).toBe(200);
  });

  it('without a Host is 400', async () => {
    expectProblem(await get('Connection: close\r\n'), 400, 'invalid-request');
  });

  it('whose target is a whole URL is served by its path', async () => {
    expect((await get(last, 'http://elsewhere.test/v1/campaigns/open')).status).toBe(200);
    for (const target of ['http://elsewhere.test/nowhere', 'foo://x/nowhere', 'http://x/nowhere?y'])
      expectProblem(await get(last, target), 404, 'not-found');
    for (const target of ['http://elsewhere.test', 'http://', 'foo://x', 'http://x?y'])
      expect((await get(last, target)).text).toMatch(/^<!doctype html>/); // the page at /
  });

  it.each(['100-continue', '200-maybe', ''])('that expects %j is served', async (expectation) => {
    const { text } = await api.raw.trickle(
      `GET /v1/campaigns/open HTTP/1.1\r\n${last}Expect: ${expectation}\r\n\r\n`,
      null,
    );
    expect(text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('that wants a tunnel, or another protocol, gets none', async () => {
    const tunnel = await sendBytes(api.app.url, 'CONNECT example.test:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    expectProblem(tunnel, 405, 'method-not-allowed');
    const upgrade = await get(`${last.replace('close', 'close, Upgrade')}Upgrade: websocket\r\n`);
    expect(upgrade.status).toBe(200);
    const preface = await sendBytes(api.app.url, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expectProblem(preface, 400, 'invalid-request');
  });

  it.each([
    ['one long header', `X-Long: ${'x'.repeat(100_000)}\r\n`, undefined],
    ['many headers', 'X: y\r\n'.repeat(20_000), undefined],
    ['a header name of great length', `${'x'.repeat(100_000)}: y\r\n`, undefined],
    ['a long target', '', `/v1/campaigns/${'x'.repeat(100_000)}`],
    ['a long query', '', `/v1/campaigns/open?${'x'.repeat(100_000)}`],
  ])('with %s is 431', async (_, headers, target) => {
    const { text } = await api.raw.trickle(
      `GET ${target ?? '/v1/campaigns/open'} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`,
      null,
    );
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
    expect(text).toContain('application/problem+json');
  });
});
