import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { forgeWithKey, inSeconds } from '../support/forged-tokens.js';
import { send } from '../support/http.js';
import { jwk, KeyServers } from '../support/key-server.js';
import { expectProblem } from '../support/problem.js';
import { type RunningApp, World } from '../support/world.js';

// docs/tokens.md: what it shows and says is what the service does.

const run = promisify(execFile);
const page = readFileSync('docs/tokens.md', 'utf8');
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyServers = new KeyServers();
let world: World;
let api: RunningApp;

beforeAll(async () => {
  world = await World.create({ JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'seonchak' });
  const keySet = JSON.stringify({ keys: [jwk(keys.publicKey, '2026-11', 'ES256')] });
  const { url } = await keyServers.serve((_, response) => response.end(keySet));
  api = await world.start('api', { JWT_SECRET: '', JWT_JWKS_URL: url });
});

afterAll(async () => {
  await world.close();
  keyServers.end();
});

function ask(path: string, token: string, method = 'GET') {
  return send(api.url, { method, path, headers: { Authorization: `Bearer ${token}` } });
}

it('the example for Node.js mints a token that the service takes for user 42', async () => {
  const [, program = ''] = /```js\n([^]*?)```/.exec(page) ?? [];
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      PATH: process.env.PATH,
      PRIVATE_KEY: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  });
  const answer = await ask('/v1/campaigns/default/grants', stdout.trim(), 'POST');
  expect(answer.status).toBe(202);
  expect(JSON.parse(answer.text)).toMatchObject({ userId: '42' });
});

it('refusals have the challenges of the table', async () => {
  const claims = { iss: 'https://login.example', aud: 'seonchak', sub: '42', exp: inSeconds(60) };
  const signed = (changes: object): string =>
    forgeWithKey({ ...claims, ...changes }, { alg: 'ES256', kid: '2026-11' }, keys.privateKey);
  const challenges = [...page.matchAll(/^\| 40[13] +\| `([^`]+)`/gm)].map(([, challenge]) => challenge);
  const missing = await send(api.url, { path: '/v1/campaigns/default/stats' });
  const expired = await ask('/v1/campaigns/default/stats', signed({ exp: inSeconds(-60) }));
  const unscoped = await ask('/v1/campaigns/default/stats', signed({}));
  expectProblem(missing, 401, 'invalid-token');
  expectProblem(expired, 401, 'invalid-token');
  expectProblem(unscoped, 403, 'forbidden');
  const said = [missing, expired, unscoped].map(({ headers }) => headers['www-authenticate']);
  expect(said).toEqual([challenges[0], challenges[1]?.replace('…', 'The token has expired.'), challenges[2]]);
});

it.each([
  ['another issuer', { iss: 'https://other.example' }],
  ['another audience', { aud: ['other'] }],
])('says no more than that the token is not valid: %s', async (_, changes) => {
  const claims = { iss: 'https://login.example', aud: 'seonchak', sub: '42', exp: inSeconds(60), ...changes };
  const token = forgeWithKey(claims, { alg: 'ES256', kid: '2026-11' }, keys.privateKey);
  const { detail } = expectProblem(await ask('/v1/campaigns/default/grants/me', token), 401, 'invalid-token');
  expect(detail).toBe('The token is not valid.');
});
