import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { PatientApi } from '../support/patient-api.js';

let api: PatientApi;

beforeAll(async () => {
  api = await PatientApi.start();
});

afterAll(() => api.close());

/** How many connections the service still has open. */
const connections = (): Promise<number> =>
  new Promise((resolve, reject) => {
    api.app.app.getHttpServer().getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

const post = 'POST /v1/campaigns/open/grants HTTP/1.1\r\nHost: x\r\n';

it('slow clients are cut off: headers within 5 s, the whole request within 10 s; others are served meanwhile', async () => {
  const body = `${post}${api.authorization}Content-Type: application/json\r\n`;
  let over = false;
  const slow = Promise.all([
    api.raw.trickle(post, 'X-More: 1\r\n'),
    api.raw.trickle('', null),
    api.raw.trickle('GET /v1/camp', 'x'),
    api.raw.trickle(`${body}Content-Length: 1000\r\n\r\n{`, ' '),
    api.raw.trickle(`${body}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    api.raw.trickle(`${body}Transfer-Encoding: chunked\r\n\r\n1`, ';x'),
    ...Array.from({ length: 200 }, () => api.raw.trickle('', null)),
  ]).finally(() => (over = true));
  let served = 0;
  while (!over) {
    expect((await new Client(api.app).claim('open', 2 + (served % 500))).status).toBeLessThan(300);
    served++;
  }
  expect(served).toBeGreaterThan(100);
  const limits = [5_000, 5_000, 5_000, 10_000, 10_000, 10_000];
  for (const [index, { text, ms }] of (await slow).entries()) {
    const limit = limits[index] ?? 5_000;
    // Chunk extensions are limited in size as well, and that limit may be reached first.
    if (index === 5) expect(text).toMatch(/^HTTP\/1\.1 4(08|13|00) /);
    else {
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(ms).toBeGreaterThan(limit - 500);
    }
    expect(text).toContain('Content-Type: application/problem+json');
    expect(ms).toBeLessThan(limit + 10_000);
  }
});

it('clients that never read their answers are cut off', async () => {
  const held = await connections();
  const request = 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n';
  for (let i = 0; i < 5; i++) {
    const socket = api.raw.open();
    socket.pause();
    // More answers than all buffers between client and service hold.
    socket.write(request.repeat(500));
  }
  await eventually(async () => expect(await connections()).toBeGreaterThanOrEqual(5));
  expect((await new Client(api.app).claim('open', 1)).status).toBe(200);
  await eventually(async () => expect(await connections()).toBeLessThanOrEqual(held), 60_000);
}, 120_000);
