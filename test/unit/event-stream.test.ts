import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStream } from '../../src/live/figures/event-stream.js';

it('a reader who does not read is cut off, and holds little memory until then', async () => {
  let stream: EventStream | undefined;
  let waiting = 0;
  let isClosed = false;
  const server = createServer((_, response) => {
    stream = new EventStream(response);
    stream.onceClosed(() => (isClosed = true));
    const push = setInterval(() => {
      stream?.send('figures', 'x'.repeat(10_000));
      waiting = Math.max(waiting, response.writableLength);
      if (isClosed) clearInterval(push);
    }, 1);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.pause();
  for (let i = 0; i < 500 && !isClosed; i++) await sleep(20);
  socket.destroy();
  server.close();
  expect(isClosed).toBe(true);
  expect(waiting).toBeLessThan(100_000);
});

describe('once it has ended, while the client still has the connection open', () => {
  let server: ReturnType<typeof createServer>;
  let socket: ReturnType<typeof connect>;
  let response: ServerResponse;

  /** A stream that has ended, to a client that reads nothing: some of it waits, too little to cut the client off. */
  async function ended(cutOffMs?: number): Promise<EventStream> {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    const stream = new EventStream(response, cutOffMs);
    for (let i = 0; i < 10_000 && response.writableLength < 30_000; i++) {
      stream.send('figures', 'x'.repeat(10_000));
      await sleep(1);
    }
    stream.end();
    expect(response.closed).toBe(false);
    return stream;
  }

  afterEach(() => {
    socket.destroy();
    server.close();
  });

  it('nothing is written any more: that would be an error that ends the process', async () => {
    const stream = await ended();
    const errors: Error[] = [];
    response.on('error', (error) => errors.push(error));
    stream.send('figures', '{}');
    stream.beat();
    stream.end();
    await sleep(20);
    expect(errors).toEqual([]);
  });

  it('an error of the answer ends the stream, and not the process', async () => {
    await ended();
    expect(() => response.emit('error', new Error('the connection broke'))).not.toThrow();
    expect(response.destroyed).toBe(true);
  });

  it('whoever does not read the rest is cut off', async () => {
    await ended(50);
    await once(response, 'close', { signal: AbortSignal.timeout(5_000) });
    expect(response.destroyed).toBe(true);
  });
});
