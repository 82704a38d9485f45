import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/platform/config/configuration-error.js';
import { readEnvironment } from '../../src/platform/config/read-environment.js';

const NEEDED = {
  DATABASE_URL: 'postgres://user:hidden-1@localhost/db',
  REDIS_URL: 'redis://:hidden-2@localhost/0',
  JWT_SECRET: 'hidden-3 hidden-3 hidden-3 hidden-3',
};

function complaintOf(variables: Readonly<Record<string, string>>): string {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('the configuration', () => {
  it('requires the addresses of Postgres and Redis and a key for tokens, and has a default for all else', () => {
    expect(readEnvironment(NEEDED)).toMatchObject({
      NODE_ENV: 'development',
      APP_ROLE: 'all',
      PORT: 3000,
      HOST: '127.0.0.1',
      PAYOUT_PROVIDER: 'ledger',
      LOG_LEVEL: 'info',
      SLOT_LEASE_MS: 30_000,
      ...NEEDED,
    });
  });

  it('has no default for secrets', () => {
    const complaint = complaintOf({});
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET']) expect(complaint).toContain(name);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(readEnvironment(NEEDED))).toBe(true);
  });

  it('ignores unknown variables', () => {
    expect(readEnvironment({ ...NEEDED, SOMETHING_ELSE: '1' })).not.toHaveProperty('SOMETHING_ELSE');
  });

  it('treats a variable that is set but empty as not set', () => {
    expect(readEnvironment({ ...NEEDED, PORT: '', HOST: '', JWT_JWKS_URL: '' }).PORT).toBe(3000);
    expect(complaintOf({ ...NEEDED, REDIS_URL: '' })).toContain('REDIS_URL');
  });

  it('names all wrong variables at once, and no value', () => {
    const wrong = {
      NODE_ENV: 'wrong-0',
      APP_ROLE: 'wrong-1',
      PORT: 'wrong-2',
      DATABASE_URL: 'mysql://root:wrong-3@localhost',
      REDIS_URL: 'http://wrong-4',
      JWT_SECRET: 'wrong-5',
      SLOT_LEASE_MS: '-1',
      REAPER_INTERVAL_MS: '1.5',
      CLAIM_BATCH_SIZE: '99999999',
      PAYOUT_PROVIDER: 'wrong-6',
      LOG_LEVEL: 'wrong-7',
    };
    const complaint = complaintOf(wrong);
    for (const name of Object.keys(wrong)) expect(complaint).toContain(`${name} must`);
    expect(complaint).not.toMatch(/wrong-\d|mysql|99999999/);
  });

  it('does not reveal the values of valid variables either', () => {
    expect(complaintOf({ ...NEEDED, PORT: '70000' })).not.toMatch(/hidden|70000/);
  });

  it.each(['Infinity', 'NaN', '10s', '12_000', '500.5', '5,000'])(
    'refuses %s as an integer of ms',
    (value) => {
      expect(complaintOf({ ...NEEDED, REAPER_INTERVAL_MS: value })).toContain('REAPER_INTERVAL_MS');
    },
  );

  it('takes hops, ranges and addresses of proxies, and refuses what is none before Express does', () => {
    for (const good of [
      '1',
      'loopback',
      '10.0.0.0/8',
      '10.0.0.0/255.0.0.0',
      '::1, fd00::/8',
      'uniquelocal,10.1.2.3',
    ])
      expect(readEnvironment({ ...NEEDED, TRUST_PROXY: good }).TRUST_PROXY).toBe(good);
    for (const bad of [
      'everybody',
      '300.1.1.1',
      '10.0.0',
      '10.0.0.0/33',
      '10.0.0.0/0',
      'fd00::/129',
      '::1,',
      '1,10.0.0.1/',
    ])
      expect([bad, complaintOf({ ...NEEDED, TRUST_PROXY: bad })]).toEqual([
        bad,
        expect.stringMatching(/^TRUST_PROXY must be a number of hops, or addresses and ranges/),
      ]);
  });

  it('requires exactly one of JWT_SECRET and JWT_JWKS_URL', () => {
    const { JWT_SECRET, ...others } = NEEDED;
    const JWT_JWKS_URL = 'https://login.example.com/keys';
    expect(readEnvironment({ ...others, JWT_JWKS_URL }).JWT_JWKS_URL).toBe(JWT_JWKS_URL);
    expect(readEnvironment({ ...others, JWT_SECRET }).JWT_SECRET).toBe(JWT_SECRET);
    expect(complaintOf(others)).toMatch(/JWT_SECRET, JWT_JWKS_URL/);
    expect(complaintOf({ ...others, JWT_SECRET, JWT_JWKS_URL })).toMatch(/JWT_SECRET, JWT_JWKS_URL/);
  });

  it('accepts several secrets separated by |, and checks each of them', () => {
    const long = 'x'.repeat(32);
    expect(readEnvironment({ ...NEEDED, JWT_SECRET: `${long}|${NEEDED.JWT_SECRET}` }).JWT_SECRET).toContain(
      '|',
    );
    const bank = {
      PAYOUT_PROVIDER: 'http',
      PAYOUT_HTTP_URL: 'https://bank.example/v1',
      PAYOUT_HTTP_SECRET: long,
    };
    for (const [name, value] of [
      ['JWT_SECRET', `${long}|${'x'.repeat(31)}`],
      ['JWT_SECRET', `${long}|`],
      ['JWT_SECRET', `|${long}`],
      ['PAYOUT_HTTP_SECRET', `${long}|hidden-9`],
      ['PAYOUT_WEBHOOK_SECRET', `${long} | hidden-9`],
    ] as const) {
      const complaint = complaintOf({ ...NEEDED, ...bank, [name]: value });
      expect(complaint).toContain(`${name} must have at least`);
      expect(complaint).not.toMatch(/hidden|xx/);
    }
  });

  it('refuses a secret that a header cannot hold', () => {
    const bank = { PAYOUT_PROVIDER: 'http', PAYOUT_HTTP_URL: 'https://bank.example/v1' };
    for (const PAYOUT_HTTP_SECRET of [`${'x'.repeat(32)}\n`, `${'x'.repeat(32)}|${'열'.repeat(32)}`])
      expect(complaintOf({ ...NEEDED, ...bank, PAYOUT_HTTP_SECRET })).toMatch(
        /^PAYOUT_HTTP_SECRET must contain printable ASCII/,
      );
  });

  it('requires 24 to 64 bytes in base64 after whsec_', () => {
    const whsec = (bytes: number) => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;
    for (const good of [
      whsec(24),
      whsec(64),
      whsec(32).replace(/=+$/, ''),
      `${whsec(32)}|${whsec(24)}`,
      'a whsec_ in between',
    ])
      expect(readEnvironment({ ...NEEDED, PAYOUT_WEBHOOK_SECRET: good }).PAYOUT_WEBHOOK_SECRET).toBe(good);
    for (const wrong of [
      ...[
        whsec(23),
        whsec(65),
        'whsec_',
        'whsec_hidden-9 hidden-9 hidden-9 hidden-9',
        `${whsec(24)}|whsec_hidden-9-hidden-9`,
      ],
      ...[`whsec_${Buffer.alloc(32, 0xfb).toString('base64url')}`, `${whsec(32)}x`, `${whsec(24)}====`],
    ]) {
      const complaint = complaintOf({ ...NEEDED, PAYOUT_WEBHOOK_SECRET: wrong });
      expect(complaint).toMatch(/^PAYOUT_WEBHOOK_SECRET must have [^;]* after whsec_$/);
      expect(complaint).not.toMatch(/hidden|\+\/|-_/);
    }
  });

  describe('of the key set and the payout provider', () => {
    const { JWT_SECRET: _, ...others } = NEEDED;
    const NODE_ENV = 'production';
    const JWT_JWKS_URL = 'https://login.example/keys';
    const trusted = { JWT_ISSUER: 'https://login.example', JWT_AUDIENCE: 'seonchak' };
    const bank = { PAYOUT_PROVIDER: 'http', PAYOUT_HTTP_SECRET: 'hidden-9 hidden-9' };

    it.each([
      'http://auth_service:8080/jwks',
      'http://bank_1:4100',
      'http://[::1]:4100/v1/',
      'http://[2001:db8::7]',
      'https://LOCALHOST/x',
      'http://10.0.0.1',
    ])('accepts the URL %s', (url) => {
      const read = readEnvironment({ ...others, ...bank, JWT_JWKS_URL: url, PAYOUT_HTTP_URL: url });
      expect([read.JWT_JWKS_URL, read.PAYOUT_HTTP_URL]).toEqual([url, url]);
    });

    it.each([
      'auth:8080',
      '//host/x',
      'ftp://host',
      'http://',
      'http://u:hidden-9@host',
      'http://u@host',
      'http://host/#a',
      'http://a b/',
      'x',
    ])('refuses %s as a URL', (url) => {
      const complaint = complaintOf({ ...others, ...bank, JWT_JWKS_URL: url, PAYOUT_HTTP_URL: url });
      for (const name of ['JWT_JWKS_URL', 'PAYOUT_HTTP_URL'])
        expect(complaint).toContain(`${name} must be an http`);
      expect(complaint).not.toMatch(/hidden/);
    });

    it('accepts a query in the URL of the keys, but not in that of payouts, to which paths are appended', () => {
      const url = 'https://login.example/keys?p=policy';
      expect(readEnvironment({ ...others, JWT_JWKS_URL: url }).JWT_JWKS_URL).toBe(url);
      expect(complaintOf({ ...NEEDED, ...bank, PAYOUT_HTTP_URL: url })).toContain('PAYOUT_HTTP_URL must be');
    });

    it('requires issuer and audience with a key set in production', () => {
      const complaint = complaintOf({ ...others, NODE_ENV, JWT_JWKS_URL });
      expect(complaint).toMatch(/JWT_ISSUER must be set.*JWT_AUDIENCE must be set/);
      expect(complaintOf({ ...others, NODE_ENV, JWT_JWKS_URL, JWT_ISSUER: 'x' })).not.toContain('JWT_ISSUER');
      expect(readEnvironment({ ...others, ...trusted, NODE_ENV, JWT_JWKS_URL }).JWT_REQUIRE_EXP).toBe(true);
      expect(readEnvironment({ ...NEEDED, NODE_ENV }).JWT_ISSUER).toBeUndefined();
    });

    it('reads the settings of the provider whatever the default is: all of them, or none', () => {
      const byLedger = { ...NEEDED, PAYOUT_PROVIDER: 'ledger' };
      expect(complaintOf({ ...byLedger, PAYOUT_HTTP_URL: 'https://bank.example' })).toBe(
        'PAYOUT_HTTP_SECRET is not set',
      );
      expect(complaintOf({ ...byLedger, PAYOUT_HTTP_SECRET: bank.PAYOUT_HTTP_SECRET })).toBe(
        'PAYOUT_HTTP_URL is not set',
      );
      expect(readEnvironment(byLedger).PAYOUT_HTTP_URL).toBeUndefined();
    });

    it('requires TLS across a network in production, unless ALLOW_PLAIN_HTTP is true', () => {
      const given = { ...others, ...trusted, ...bank, NODE_ENV };
      const plain = { JWT_JWKS_URL: 'http://auth_service/keys', PAYOUT_HTTP_URL: 'http://bank_1:4100' };
      expect(complaintOf({ ...given, ...plain })).toMatch(
        /JWT_JWKS_URL must be https.*PAYOUT_HTTP_URL must be https/,
      );
      expect(complaintOf({ ...given, ...plain, PAYOUT_PROVIDER: 'ledger' })).toContain(
        'PAYOUT_HTTP_URL must be https',
      );
      readEnvironment({ ...given, ...plain, ALLOW_PLAIN_HTTP: 'true' });
      for (const host of ['localhost:1', '127.0.0.1', '127.1.2.3', '[::1]:9'])
        readEnvironment({ ...given, JWT_JWKS_URL: `http://${host}`, PAYOUT_HTTP_URL: `http://${host}/v1` });
      for (const host of ['127.0.0.1.example', 'localhost.example', '[::2]', '128.0.0.1'])
        expect(complaintOf({ ...given, JWT_JWKS_URL, PAYOUT_HTTP_URL: `http://${host}` })).toContain(
          'PAYOUT_HTTP_URL',
        );
    });
  });

  it('serves the documentation and accepts tokens that never expire, except in production', () => {
    const { DOCS, JWT_REQUIRE_EXP } = readEnvironment(NEEDED);
    expect([DOCS, JWT_REQUIRE_EXP]).toEqual([true, false]);
    const inProduction = readEnvironment({ ...NEEDED, NODE_ENV: 'production' });
    expect([inProduction.DOCS, inProduction.JWT_REQUIRE_EXP]).toEqual([false, true]);
    const chosen = { NODE_ENV: 'production', DOCS: 'true', JWT_REQUIRE_EXP: 'false' };
    expect(readEnvironment({ ...NEEDED, ...chosen })).toMatchObject({ DOCS: true, JWT_REQUIRE_EXP: false });
    expect(complaintOf({ ...NEEDED, DOCS: 'yes' })).toBe('DOCS must be true or false');
  });

  it('checks where traces are sent, and how many', () => {
    const { OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER_ARG, OTEL_SDK_DISABLED } = readEnvironment(NEEDED);
    expect([OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER_ARG, OTEL_SDK_DISABLED]).toEqual(['seonchak', 1, false]);
    for (const [name, wrong] of [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://collector:4317'],
      ['OTEL_EXPORTER_OTLP_HEADERS', 'hidden-4'],
      ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
      ['OTEL_SDK_DISABLED', 'yes'],
    ] as const)
      expect(complaintOf({ ...NEEDED, [name]: wrong })).toMatch(new RegExp(`^${name} must`));
    const withKey = {
      NODE_ENV: 'production',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hidden-5',
    };
    expect(complaintOf({ ...NEEDED, ...withKey })).toMatch(
      /^OTEL_EXPORTER_OTLP_ENDPOINT must be https[^5]*$/,
    );
    readEnvironment({ ...NEEDED, ...withKey, ALLOW_PLAIN_HTTP: 'true' });
    readEnvironment({ ...NEEDED, ...withKey, OTEL_EXPORTER_OTLP_HEADERS: '' });
  });

  it('takes exact origins only as CORS_ORIGINS, and none by default', () => {
    expect(readEnvironment(NEEDED).CORS_ORIGINS).toBeUndefined();
    for (const CORS_ORIGINS of ['https://a.example', 'https://a.example, http://localhost:5173'])
      expect(readEnvironment({ ...NEEDED, CORS_ORIGINS }).CORS_ORIGINS).toBe(CORS_ORIGINS);
    for (const wrong of [
      '*',
      'null',
      'a.example',
      'https://*.example',
      'https://a.example/',
      'https://a.example/shop',
      'https://a.example:443',
      'https://A.example',
      'https://user@a.example',
      'ftp://a.example',
      'https://a.example,',
      'https://a.example https://b.example',
    ])
      expect(complaintOf({ ...NEEDED, CORS_ORIGINS: wrong })).toMatch(/^CORS_ORIGINS must be exact origins/);
  });

  it('has exactly the variables of .env.example', () => {
    const file = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
    const explained = [...file.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(explained.toSorted()).toEqual(Object.keys(readEnvironment(NEEDED)).sort());
  });
});
