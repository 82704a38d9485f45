import { createHmac } from 'node:crypto';
import { verifyWebhook } from '../../src/payout-desk/webhook-signature.js';

const secret = 'a secret that both sides know';
const body = Buffer.from('{"type":"transfer.settled"}');

function sign(id: string, timestamp: string, bytes: Buffer, key = secret): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes).digest('base64')}`;
}

const right = sign('evt_1', '1795338000', body);
const headers = { id: 'evt_1', timestamp: '1795338000', signature: right };

describe('a webhook’s signature', () => {
  it('fits its id, its time and its body', () => {
    expect(verifyWebhook(secret, headers, body)).toEqual({ id: 'evt_1', timestamp: 1_795_338_000 });
  });

  it('may stand among others', () => {
    const signature = `v1,${'A'.repeat(43)}= v2,x ${right} nonsense`;
    expect(verifyWebhook(secret, { ...headers, signature }, body)).not.toBeNull();
  });

  it('fits no byte that is another', () => {
    for (let i = 0; i < body.length; i++) {
      const changed = Buffer.from(body);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(verifyWebhook(secret, headers, changed)).toBeNull();
    }
  });

  it.each([
    ['another id', { id: 'evt_2' }],
    ['another time', { timestamp: '1795338001' }],
    ['no id', { id: undefined }],
    ['no time', { timestamp: undefined }],
    ['no signature', { signature: undefined }],
    ['an empty one', { signature: '' }],
    ['an empty one of its version', { signature: 'v1,' }],
    ['a shorter one', { signature: right.slice(0, -8) }],
    ['one of another version', { signature: right.replace('v1', 'v2') }],
    ['one by another secret', { signature: sign('evt_1', '1795338000', body, 'another secret') }],
  ])('is none with %s', (_, change) => {
    expect(verifyWebhook(secret, { ...headers, ...change }, body)).toBeNull();
  });

  it('counts only over an id and a time that are ones', () => {
    for (const id of ['', 'evt 1', 'evt\u0000', 'x'.repeat(201)])
      expect(verifyWebhook(secret, { id, timestamp: '1', signature: sign(id, '1', body) }, body)).toBeNull();
    for (const timestamp of ['', '-1', '1e9', '1.5', 'now', '1'.repeat(13)])
      expect(
        verifyWebhook(secret, { id: 'a', timestamp, signature: sign('a', timestamp, body) }, body),
      ).toBeNull();
  });
});
