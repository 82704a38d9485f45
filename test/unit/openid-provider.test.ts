import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoginStep } from '../../src/platform/login/login-provider.js';
import { OpenIdProvider } from '../../src/platform/login/openid-provider.js';

const ATTEMPT = { state: 's', nonce: 'n', verifier: 'v'.repeat(43), returnTo: '/' };
const CALLBACK = new URL('https://give.example/login/callback');

let server: Server;
let issuer: string;
/** Where the provider lets people sign in; null while it says nothing of itself. */
let authorization: string | null;
/** Token requests that have no answer yet. */
let waiting: ServerResponse[];
let connections: number;

beforeEach(async () => {
  authorization = 'first';
  waiting = [];
  connections = 0;
  server = createServer((request, response) => {
    if (request.url === '/token') waiting.push(response);
    else if (authorization === null) response.writeHead(500).end();
    else
      response.setHeader('Content-Type', 'application/json').end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `${issuer}/${authorization}`,
          token_endpoint: `${issuer}/token`,
        }),
      );
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const providerHere = () => new OpenIdProvider({ issuer, id: 'us', secret: 'ours', scope: 'openid' });

const start = (provider: OpenIdProvider): Promise<LoginStep> => provider.start(ATTEMPT, CALLBACK, 'en');

it('follows a provider that moves, and goes on with what it knows while the provider says nothing', async () => {
  let now = 1_000;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  try {
    const provider = providerHere();
    const leadsTo = async (path: string): Promise<void> =>
      expect(await start(provider)).toEqual({
        redirectTo: expect.stringMatching(new RegExp(`^${issuer}/${path}\\?`)),
      });
    await leadsTo('first');
    authorization = null;
    for (let i = 0; i < 3; i++) {
      now += 3_600_000;
      await leadsTo('first');
    }
    authorization = 'second';
    let step = await start(provider); // has it asked again
    for (let tries = 0; tries < 500 && !JSON.stringify(step).includes('second'); tries++) {
      await sleep(10);
      now += 3_600_000;
      step = await start(provider);
    }
    await leadsTo('second');
  } finally {
    clock.mockRestore();
  }
});

it('opens a bounded number of connections in a rush of logins', async () => {
  const provider = providerHere();
  await start(provider);
  const arrived = new URL(`${CALLBACK.href}?code=c&state=s`);
  let ended = 0;
  const logins = Array.from({ length: 100 }, () =>
    provider.finish(ATTEMPT, arrived).catch((error: unknown) => {
      ended++;
      return error;
    }),
  );
  while (ended < logins.length) {
    await sleep(20);
    for (const response of waiting.splice(0))
      response.writeHead(400, { 'Content-Type': 'application/json' }).end('{"error":"invalid_grant"}');
  }
  for (const failure of await Promise.all(logins)) expect(failure).toMatchObject({ status: 400 });
  expect(connections).toBeLessThanOrEqual(33);
});
