import { spawn } from 'node:child_process';
import { Client } from '../support/client.js';
import { JWT_SECRET, type RunningApp, World } from '../support/world.js';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run -s … -- …` with these variables and none of the test's own. */
function run(
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Run> {
  const { PATH, HOME } = process.env;
  const child = spawn('npm', ['run', '-s', command, '--', ...args], {
    env: { PATH, HOME, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const token = (args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Run> =>
  run('token', args, { JWT_SECRET, ...variables });

let world: World;
let api: RunningApp;

beforeAll(async () => {
  world = await World.create();
  api = await world.start('api');
  await new Client(api).createCampaign({ id: 'tooled', capacity: 10 });
});

afterAll(() => world.close());

const claim = (bearer: string) =>
  api.http.post('/v1/campaigns/tooled/grants').set('Authorization', `Bearer ${bearer}`);

const ONE_TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+\n$/;

describe('npm run token', () => {
  it.each(['42', '9223372036854775807'])(
    'prints a token that the service accepts, and nothing else: %s',
    async (id) => {
      const { code, stdout } = await token([id]);
      expect(code).toBe(0);
      expect(stdout).toMatch(ONE_TOKEN);
      const answer = await claim(stdout.trim());
      expect({ status: answer.status, userId: answer.body.userId }).toEqual({ status: 202, userId: id });
      const stats = api.http
        .get('/v1/campaigns/tooled/stats')
        .set('Authorization', `Bearer ${stdout.trim()}`);
      expect((await stats).status).toBe(403);
    },
  );

  it('gives the token the administrator’s scope when asked to', async () => {
    const { stdout } = await token(['7', '--admin', '--expires', '5m']);
    expect(stdout).toMatch(ONE_TOKEN);
    const stats = api.http.get('/v1/campaigns/tooled/stats').set('Authorization', `Bearer ${stdout.trim()}`);
    expect((await stats).status).toBe(200);
    const { exp, iat } = JSON.parse(Buffer.from(stdout.split('.')[1]!, 'base64url').toString()) as {
      exp: number;
      iat: number;
    };
    expect(exp - iat).toBe(300);
  });

  it('names the user in the configured claim, and signs with the first of several secrets', async () => {
    const variables = {
      JWT_USER_CLAIM: 'user_id',
      JWT_SECRET: `${JWT_SECRET}|another one of more than 32 characters`,
    };
    const { stdout } = await token(['43'], variables);
    const app = await world.start('api', { JWT_USER_CLAIM: 'user_id' });
    const answer = await app.http
      .post('/v1/campaigns/tooled/grants')
      .set('Authorization', `Bearer ${stdout.trim()}`);
    expect({ status: answer.status, userId: answer.body.userId }).toEqual({ status: 202, userId: '43' });
  });

  it.each([
    [
      ['10', '--count', '3'],
      ['10', '11', '12'],
    ],
    [
      ['44', '9223372036854775807', '45'],
      ['44', '9223372036854775807', '45'],
    ],
  ])('prints a token a line for many users at once: %j', async (args, users) => {
    const { code, stdout } = await token(args);
    expect(code).toBe(0);
    const tokens = stdout.trim().split('\n');
    const subjects = tokens.map(
      (line) => JSON.parse(Buffer.from(line.split('.')[1]!, 'base64url').toString()).sub as string,
    );
    expect(subjects).toEqual(users);
    const answer = await claim(tokens.at(-1)!);
    expect({ status: answer.status, userId: answer.body.userId }).toEqual({
      status: 202,
      userId: users.at(-1),
    });
  });

  it.each([
    [['0']],
    [['-1']],
    [['01']],
    [['abc']],
    [['1.0']],
    [['9223372036854775808']],
    [['']],
    [[]],
    [['1', '2', '--count', '2']],
    [['9223372036854775807', '--count', '2']],
    [['1', '--count', '0']],
    [['1', '--expires', 'soon']],
    [['1', '--root']],
  ])('refuses %j with a sentence', async (args) => {
    const { code, stdout, stderr } = await token(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim()).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m); // a sentence, not a stack
  });

  it('refuses to work in production, and where tokens come from a key set', async () => {
    for (const [variables, word] of [
      [{ NODE_ENV: 'production' }, 'production'],
      [{ JWT_JWKS_URL: 'https://issuer.test/jwks.json' }, 'JWT_JWKS_URL'],
    ] as const) {
      const { code, stdout, stderr } = await token(['42'], variables);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(word);
      expect(stderr).not.toContain(JWT_SECRET);
    }
  });
});

/** Runs `npm run -s rush -- --url …` with these variables and none of the test's own. */
function rushAt(url: string, variables: Readonly<Record<string, string>>): Promise<Run> {
  return run('rush', ['--url', url, '--users', '20', '--capacity', '5', '--connections', '4'], variables);
}

describe('npm run rush -- --url', () => {
  const servers = () => {
    const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
    return { DATABASE_URL, REDIS_URL };
  };

  it('says at once that nobody answers', async () => {
    const { code, stderr } = await rushAt('http://127.0.0.1:1', { ...servers(), JWT_SECRET });
    expect(code).toBe(1);
    expect(stderr).toContain('Nobody answers at http://127.0.0.1:1 (');
    expect(stderr).not.toContain('503');
  });

  it('says before it begins that the service refuses its tokens', async () => {
    const { code, stderr } = await rushAt(api.url, {
      ...servers(),
      JWT_SECRET: 'a secret of more than 32 characters, but another',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('set JWT_SECRET');
    expect(stderr).not.toContain('Campaign rush-');
  });

  it('says what else it needs', async () => {
    const { code, stderr } = await rushAt(api.url, { JWT_SECRET, REDIS_URL: servers().REDIS_URL });
    expect(code).toBe(2);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET']) expect(stderr).toContain(name);
  });
});
