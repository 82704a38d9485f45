import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressRanges } from '../../../src/platform/config/address-ranges.js';
import { guardedAgent } from '../../../src/webhooks-out/delivery/guarded-agent.js';
import { ReachableAddresses } from '../../../src/webhooks-out/delivery/reachable-addresses.js';
import { callReceiver } from '../../../src/webhooks-out/delivery/webhook-call.js';
import { CertificateAuthority } from '../../support/certificates.js';

it('says that a receiver’s certificate is not trusted, and sends it nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seonchak-certificates-'));
  const { certificate, key } = await (await CertificateAuthority.create(folder)).certify('receiver');
  const [cert, secret] = await Promise.all([certificate, key].map((file) => readFile(file)));
  let asked = 0;
  const server = createServer({ cert, key: secret }, (_, response) => {
    asked++;
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = guardedAgent(new ReachableAddresses(addressRanges('127.0.0.1')), 5_000);
  try {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const message = { id: 'evt_1', body: '{}', traceparent: undefined };
    const limits = { timeoutMs: 5_000, signal: new AbortController().signal };
    const outcome = await callReceiver(agent, { url, secrets: ['whsec_AAAA'] }, message, new Date(), limits);
    expect(outcome).toMatchObject({ kind: 'failed', why: 'certificate' });
    expect(asked).toBe(0);
  } finally {
    await agent.destroy();
    server.close();
    await rm(folder, { recursive: true });
  }
});
