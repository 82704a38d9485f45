import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeySet } from '../../src/platform/identity/key-set.js';
import { OpenIdProvider } from '../../src/platform/login/openid-provider.js';
import { outgoingAgent } from '../../src/platform/http/outgoing-agent.js';
import { requestTimeStamp } from '../../src/transparency/stamping/stamp-client.js';
import { requestLastCheckpoint } from '../../src/transparency/witnesses/witness-client.js';
import type { VerifierKey } from '../../src/transparency/formats/note-key.js';
import { request } from 'undici';

// A look-up of a name takes one of the process's four threads for as long as a dead server of names keeps silent,
// whatever its caller's time-out. So all calls that leave share the threads that NameLookups gives them.

/** Names looked up within those threads. Nobody answers for `dead.example`; the system gives up the first time. */
let lookedUp: string[] = [];
jest.mock('node:dns/promises', () => ({
  ...jest.requireActual<object>('node:dns/promises'),
  lookup: (name: string) => {
    lookedUp.push(name);
    const isFirst = lookedUp.filter((earlier) => earlier === name).length === 1;
    const none = Object.assign(new Error(`There is no ${name}.`), { code: 'ENOTFOUND' });
    return new Promise((_, reject) => {
      if (name !== 'dead.example') reject(none);
      else if (isFirst) setTimeout(() => reject(none), SLOW_MS);
    });
  },
}));

const SLOW_MS = 1_100;

beforeEach(() => {
  lookedUp = [];
});

const CALLS: Readonly<Record<string, (host: string) => Promise<unknown>>> = {
  'a key set': async (host) => {
    const keySet = new KeySet(`https://${host}/keys`, { refreshMs: 60_000, staleMs: 60_000 });
    await keySet.current().finally(() => keySet.close());
  },
  'a login': async (host) => {
    const attempt = { state: 's', nonce: 'n', verifier: 'v', returnTo: '/' };
    const provider = new OpenIdProvider({
      issuer: `https://${host}`,
      id: 'us',
      secret: 'ours',
      scope: 'openid',
    });
    await provider.start(attempt, new URL('https://give.example/login/callback'), 'en');
  },
  'a witness': async (host) => {
    const witness = { url: `https://${host}`, verifierKey: {} as VerifierKey };
    if ((await requestLastCheckpoint(witness, 'give.example', 2_000)) === null) throw new Error('no answer');
  },
  'a time-stamping authority': (host) =>
    requestTimeStamp(`https://${host}`, 'text', AbortSignal.timeout(2_000)),
};

it.each(Object.keys(CALLS))('the name of %s is looked up within them', async (caller) => {
  const host = `${caller.replaceAll(' ', '-')}.example`;
  await expect(CALLS[caller]?.(host)).rejects.toThrow();
  expect(lookedUp).toEqual([host]);
});

it('a name that was never looked up waits for none that is known to be dead', async () => {
  const agent = outgoingAgent({ mostBytes: 1_000 });
  const ask = (host: string, ms: number): Promise<unknown> =>
    request(`http://${host}`, { dispatcher: agent, signal: AbortSignal.timeout(ms) }).catch(() => null);
  await ask('dead.example', 2 * SLOW_MS);
  await Promise.all([ask('dead.example', 200), ask('new.example', 200)]);
  expect(lookedUp).toEqual(['dead.example', 'dead.example', 'new.example']);
  await agent.destroy();
});

/** The files in which an agent is made. */
function makersOfAgents(): string[] {
  const src = join(__dirname, '../../src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && readFileSync(join(src, name), 'utf8').includes('new Agent('),
  );
}

it('nobody else makes an agent: it would look names up by threads of its own', () => {
  expect(makersOfAgents().sort()).toEqual([
    'platform/http/outgoing-agent.ts',
    'webhooks-out/delivery/guarded-agent.ts',
  ]);
});
