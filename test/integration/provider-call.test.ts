import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Agent } from 'undici';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { callProvider, type HttpAnswer, type NoAnswer } from '../../src/payouts/by-provider/provider-call.js';

const TIMEOUT_MS = 400;
const NOTHING_LEFT = { mayHaveLeft: false };
const MAY_HAVE_LEFT = { mayHaveLeft: true };

let agent: Agent;
const servers: Server[] = [];
const accepted: Socket[] = [];

beforeEach(() => {
  agent = new Agent({ connections: 1, pipelining: 1, connect: { timeout: TIMEOUT_MS } });
});

afterEach(async () => {
  await agent.destroy();
  for (const server of servers.splice(0)) server.close();
  // Who reads nothing does not see that the other side has gone, and stays.
  for (const socket of accepted.splice(0)) socket.destroy();
});

/** Starts a server that passes each connection to `meet`. @returns its port */
async function listen(meet: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    accepted.push(socket);
    meet(socket);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

const call = (origin: string): Promise<HttpAnswer | NoAnswer> =>
  callProvider(agent, { origin, path: '/transfers', method: 'POST', body: '{}' }, TIMEOUT_MS);

describe('R23: a request that fails before it is given to a connection has certainly not left', () => {
  it('a port that nothing listens on', async () => {
    expect(await call(`http://127.0.0.1:${await findFreePort()}`)).toMatchObject(NOTHING_LEFT);
  });

  it('a host name that does not exist', async () => {
    expect(await call('http://no-such-bank.invalid')).toMatchObject(NOTHING_LEFT);
  });

  it('a server that does not speak TLS, and one that hangs up or is silent during the handshake', async () => {
    const plain = await listen((socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad\r\n\r\n')));
    expect(await call(`https://127.0.0.1:${plain}`)).toMatchObject(NOTHING_LEFT);
    const rude = await listen((socket) => socket.resetAndDestroy());
    expect(await call(`https://127.0.0.1:${rude}`)).toMatchObject(NOTHING_LEFT);
    const silent = await listen(() => undefined);
    expect(await call(`https://127.0.0.1:${silent}`)).toMatchObject(NOTHING_LEFT);
  });

  it('a call that got no free connection in time, which does not leave later either', async () => {
    const received: string[] = [];
    const sockets: Socket[] = [];
    const port = await listen((socket) => {
      sockets.push(socket);
      socket.on('data', (data) => received.push(String(data)));
    });
    const first = call(`http://127.0.0.1:${port}`);
    const second = callProvider(
      agent,
      { origin: `http://127.0.0.1:${port}`, path: '/second', method: 'POST', body: '{}' },
      TIMEOUT_MS / 4,
    );
    expect(await second).toMatchObject(NOTHING_LEFT);
    sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    expect(await first).toMatchObject({ status: 200, body: '{}' });
    const third = call(`http://127.0.0.1:${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    sockets.at(-1)?.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    expect(await third).toMatchObject({ status: 200 });
    expect(received.join('')).not.toContain('/second');
  });
});

describe('P7: a request that fails later may have left', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['a connection that is reset', (socket) => socket.resetAndDestroy()],
    ['a connection that is closed', (socket) => socket.end()],
    ['an answer that breaks off', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}')],
    ['an answer that is not HTTP', (socket) => socket.end('nonsense\r\n\r\n')],
    ['silence', () => undefined],
  ])('%s', async (_, meet) => {
    const port = await listen((socket) => socket.once('data', () => meet(socket)));
    expect(await call(`http://127.0.0.1:${port}`)).toMatchObject(MAY_HAVE_LEFT);
  });

  it('a connection kept from an earlier call that is reset after the request is written', async () => {
    let requests = 0;
    const port = await listen((socket) =>
      socket.on('data', () => {
        if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        else socket.resetAndDestroy();
      }),
    );
    expect(await call(`http://127.0.0.1:${port}`)).toMatchObject({ status: 200 });
    expect(await call(`http://127.0.0.1:${port}`)).toMatchObject(MAY_HAVE_LEFT);
    expect(requests).toBe(2);
  });
});
