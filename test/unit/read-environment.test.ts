import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, readEnvironment } from '../../src/config/read-environment.js';

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
  it('needs where Postgres and Redis are and a key for tokens, and has a default for all else', () => {
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

  it('gives nothing secret a default', () => {
    const complaint = complaintOf({});
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET']) expect(complaint).toContain(name);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(readEnvironment(NEEDED))).toBe(true);
  });

  it('takes no variable that it does not know', () => {
    expect(readEnvironment({ ...NEEDED, SOMETHING_ELSE: '1' })).not.toHaveProperty('SOMETHING_ELSE');
  });

  it('takes a variable that is set but empty for one that is not set', () => {
    expect(readEnvironment({ ...NEEDED, PORT: '', HOST: '', JWT_JWKS_URL: '' }).PORT).toBe(3000);
    expect(complaintOf({ ...NEEDED, REDIS_URL: '' })).toContain('REDIS_URL');
  });

  it('names every variable that is wrong, all at once, and no value', () => {
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

  it('keeps the values of variables that are right to itself as well', () => {
    expect(complaintOf({ ...NEEDED, PORT: '70000' })).not.toMatch(/hidden|70000/);
  });

  it.each(['Infinity', 'NaN', '10s', '12_000', '500.5', '5,000'])(
    'takes no %s for an integer of ms',
    (value) => {
      expect(complaintOf({ ...NEEDED, REAPER_INTERVAL_MS: value })).toContain('REAPER_INTERVAL_MS');
    },
  );

  it('needs exactly one of JWT_SECRET and JWT_JWKS_URL', () => {
    const { JWT_SECRET, ...others } = NEEDED;
    const JWT_JWKS_URL = 'https://login.example.com/keys';
    expect(readEnvironment({ ...others, JWT_JWKS_URL }).JWT_JWKS_URL).toBe(JWT_JWKS_URL);
    expect(readEnvironment({ ...others, JWT_SECRET }).JWT_SECRET).toBe(JWT_SECRET);
    expect(complaintOf(others)).toMatch(/JWT_SECRET, JWT_JWKS_URL/);
    expect(complaintOf({ ...others, JWT_SECRET, JWT_JWKS_URL })).toMatch(/JWT_SECRET, JWT_JWKS_URL/);
  });

  it('is all in .env.example, and nothing else is', () => {
    const file = readFileSync(join(__dirname, '../../.env.example'), 'utf8');
    const explained = [...file.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(explained.toSorted()).toEqual(Object.keys(readEnvironment(NEEDED)).sort());
  });
});
