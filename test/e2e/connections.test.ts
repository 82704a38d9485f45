import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { eventually } from '../support/eventually.js';
import { expectProblem } from '../support/problem.js';
import { type RunningApp, World } from '../support/world.js';

let world: World;
const sockets: Socket[] = [];

beforeAll(async () => {
  world = await World.create();
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await world.close();
});

/** A connection to the app, and what has arrived on it so far. */
async function open({ url }: RunningApp): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'connect');
  return { socket, said: () => text };
}

const REQUEST = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';

describe('an idle connection', () => {
  it('stays open for as long as configured, and the answer says for how long', async () => {
    for (const [KEEP_ALIVE_TIMEOUT_MS, seconds] of [
      ['620000', '620'],
      ['', '65'],
    ] as const) {
      const { socket, said } = await open(await world.start('api', { KEEP_ALIVE_TIMEOUT_MS }));
      socket.write(REQUEST);
      await eventually(() => expect(said()).toMatch(/^HTTP\/1\.1 200 /));
      expect(said()).toMatch(new RegExp(`^Keep-Alive: timeout=${seconds}\r$`, 'im'));
    }
  });

  it('is closed after that time', async () => {
    const { socket } = await open(await world.start('api', { KEEP_ALIVE_TIMEOUT_MS: '1000' }));
    const closed = once(socket, 'close');
    socket.write(REQUEST);
    await closed;
  });
});

describe('connections', () => {
  it('are limited as configured: another client is turned away until there is room', async () => {
    const app = await world.start('api', { MAX_CONNECTIONS: '2' });
    const [first, second] = [await open(app), await open(app)];
    for (const { socket, said } of [first, second]) {
      socket.write(REQUEST);
      await eventually(() => expect(said()).toMatch(/^HTTP\/1\.1 200 /));
    }
    const third = await open(app);
    if (!third.socket.closed) await once(third.socket, 'close');
    expect(third.said()).toBe('');
    first.socket.end();
    await eventually(async () => {
      const { socket, said } = await open(app);
      socket.write(REQUEST);
      await eventually(() => expect(said()).toMatch(/^HTTP\/1\.1 200 /), 500);
    });
  });
});

describe('the documentation', () => {
  it('is not served when it is switched off; everything else is', async () => {
    const app = await world.start('api', { DOCS: 'false' });
    for (const path of ['/docs', '/openapi.json', '/docs/'])
      expectProblem(await app.http.get(path), 404, 'not-found');
    expect((await app.http.get('/v1/campaigns/default')).status).toBe(200);
  });
});
