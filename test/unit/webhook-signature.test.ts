import { createHmac } from 'node:crypto';
import { signedHeaders } from '../../verification/bank/webhook-event.js';
import { verifyWebhook } from '../../src/payouts/webhooks-in/webhook-signature.js';

const secret = 'a secret that both sides know';
const body = Buffer.from('{"type":"transfer.settled"}');

function sign(id: string, timestamp: string, bytes: Buffer, key = secret): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes).digest('base64')}`;
}

const right = sign('evt_1', '1795338000', body);
const headers = { id: 'evt_1', timestamp: '1795338000', signature: right };

describe('a webhook’s signature', () => {
  it('is valid for its id, timestamp and body', () => {
    expect(verifyWebhook(secret, headers, body)).toEqual({ id: 'evt_1', timestamp: 1_795_338_000 });
  });

  it('may be one of several in the header', () => {
    const signature = `v1,${'A'.repeat(43)}= v2,x ${right} nonsense`;
    expect(verifyWebhook(secret, { ...headers, signature }, body)).not.toBeNull();
  });

  it('is invalid if any byte of the body differs', () => {
    for (let i = 0; i < body.length; i++) {
      const changed = Buffer.from(body);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(verifyWebhook(secret, headers, changed)).toBeNull();
    }
  });

  it.each([
    ['another id', { id: 'evt_2' }],
    ['another timestamp', { timestamp: '1795338001' }],
    ['no id', { id: undefined }],
    ['no timestamp', { timestamp: undefined }],
    ['no signature', { signature: undefined }],
    ['an empty signature', { signature: '' }],
    ['an empty signature of its version', { signature: 'v1,' }],
    ['a shorter signature', { signature: right.slice(0, -8) }],
    ['a signature of another version', { signature: right.replace('v1', 'v2') }],
    ['a signature by another secret', { signature: sign('evt_1', '1795338000', body, 'another secret') }],
  ])('is invalid with %s', (_, change) => {
    expect(verifyWebhook(secret, { ...headers, ...change }, body)).toBeNull();
  });

  it('is invalid over a malformed id or timestamp', () => {
    for (const id of ['', 'evt 1', 'evt\u0000', 'x'.repeat(201)])
      expect(verifyWebhook(secret, { id, timestamp: '1', signature: sign(id, '1', body) }, body)).toBeNull();
    for (const timestamp of ['', '-1', '1e9', '1.5', 'now', '1'.repeat(13)])
      expect(
        verifyWebhook(secret, { id: 'a', timestamp, signature: sign('a', timestamp, body) }, body),
      ).toBeNull();
  });
});

describe('a secret of Standard Webhooks', () => {
  // Signed by the package `standardwebhooks` 1.1.1; the first one is from that package's tests.
  const official = [
    {
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: '1614265330',
      text: '{"test": 2432232314}',
      signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    {
      secret: 'whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=',
      id: 'evt_000001',
      timestamp: '1795338000',
      text: '{"type":"transfer.settled","transfer":{"userId":"선착"}}',
      signature: 'v1,K32PcQedznTMvsraZWmza7ddH/nhlNj3tzCW5qDdxSA=',
    },
  ];

  it.each(official)('stands for the bytes after whsec_, as the official library signs: $id', (message) => {
    const { secret: whsec, text, ...given } = message;
    expect(verifyWebhook(whsec, given, Buffer.from(text))).toMatchObject({ id: given.id });
    const asText = sign(given.id, given.timestamp, Buffer.from(text), whsec);
    expect(verifyWebhook(whsec, { ...given, signature: asText }, Buffer.from(text))).toBeNull();
  });

  it.each([secret, official[0]!.secret])('verifies what the sandbox bank signs', (shared) => {
    const sent = signedHeaders('evt_2', body.toString(), shared);
    const given = { id: 'evt_2', timestamp: sent['webhook-timestamp'], signature: sent['webhook-signature'] };
    expect(verifyWebhook(shared, given, body)).not.toBeNull();
  });

  it('may be one of several, old and new: a signature by any of them is valid', () => {
    const [{ secret: whsec, text, ...given }] = official as [(typeof official)[0]];
    for (const list of [`${whsec}|${secret}`, `${secret} | ${whsec}`]) {
      expect(verifyWebhook(list, given, Buffer.from(text))).not.toBeNull();
      expect(verifyWebhook(list, headers, body)).not.toBeNull();
      expect(
        verifyWebhook(
          list,
          { ...headers, signature: sign('evt_1', '1795338000', body, 'no' + secret) },
          body,
        ),
      ).toBeNull();
    }
  });
});
