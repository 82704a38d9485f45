import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';

const EXAMPLE = join(__dirname, '../../../docs/examples/receive-webhooks.mjs');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let receiver: ChildProcess;
let port: number;
let said = '';

beforeEach(async () => {
  const { PATH } = process.env;
  receiver = spawn(process.execPath, [EXAMPLE], { env: { PATH, WEBHOOK_SECRET: SECRET, PORT: '0' } });
  said = '';
  for (const stream of [receiver.stdout, receiver.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!/Listening on (\d+)/.test(said)) await once(receiver.stdout!, 'data');
  port = Number(/Listening on (\d+)/.exec(said)?.[1]);
});

afterEach(() => {
  receiver.kill();
});

/** Sends a webhook as we do. @returns the status */
async function send(id: string, signedBy = SECRET): Promise<number | undefined> {
  const body = JSON.stringify({ type: 'grant.paid', data: { campaignId: id } });
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(signedBy).sign(id, now, body),
  };
  const asked = request({ host: '127.0.0.1', port, method: 'POST', headers }).end(body);
  const [answer] = await once(asked, 'response');
  answer.resume();
  return answer.statusCode;
}

it('takes what we signed, once, and refuses the rest', async () => {
  expect(await send('1')).toBe(204);
  expect(await send('1')).toBe(204);
  expect(await send('2', `whsec_${Buffer.alloc(32, 8).toString('base64')}`)).toBe(401);
  expect(said.match(/grant\.paid/g)).toHaveLength(1);
});

it('outlives a request that is cut off', async () => {
  const cut = connect(port, '127.0.0.1');
  await once(cut, 'connect');
  cut.write('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\nhalf');
  await once(cut, 'data'); // 100 Continue: it is reading the body
  cut.resetAndDestroy();
  expect(await send('after')).toBe(204);
  expect(receiver.exitCode).toBeNull();
});
