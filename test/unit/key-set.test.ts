import { generateKeyPairSync } from 'node:crypto';
import { KeySet } from '../../src/platform/identity/key-set.js';
import { jwk, KeyServers } from '../support/key-server.js';

const keyServers = new KeyServers();
const keys = JSON.stringify({
  keys: [jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, 'ec-1', 'ES256')],
});

afterAll(() => keyServers.end());

it('does not ask a key server that fails once for each token, even if it has no keys yet', async () => {
  let isWell = false;
  let asked = 0;
  const { url } = await keyServers.serve((_, response) => {
    asked++;
    response.writeHead(isWell ? 200 : 500).end(keys);
  });
  let now = 1_000;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  const keySet = new KeySet(url, { refreshMs: 60_000, staleMs: 60_000 });
  try {
    for (let i = 0; i < 50; i++) await expect(keySet.current()).rejects.toMatchObject({ status: 503 });
    expect(asked).toBe(1);
    isWell = true;
    now += 500;
    await keySet.current();
    expect(asked).toBe(2);
    await keySet.current();
    expect(asked).toBe(2);
  } finally {
    keySet.close();
    clock.mockRestore();
  }
});
