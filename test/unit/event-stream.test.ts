import { once } from 'node:events';
import { createServer } from 'node:http';
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
