import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { isAdmittedTo, tokenIssuers } from '../../src/platform/config/token-issuers.js';

const SECRET = 'x'.repeat(32);
const NEEDED = { DATABASE_URL: 'postgres://u@h/d', REDIS_URL: 'redis://h' };
const OWN = { ...NEEDED, JWT_SECRET: SECRET, JWT_ISSUER: 'https://own.example' };
const PARTNER = {
  issuer: 'https://partner.example',
  audience: 'seonchak',
  keySet: 'https://partner.example/keys',
};

const listed = (...entries: object[]): string => JSON.stringify(entries);

describe('the issuers of partners', () => {
  it('may do nothing that is not listed', () => {
    const [partner] = tokenIssuers(listed(PARTNER));
    expect(partner).toMatchObject({ ...PARTNER, campaigns: [], scopes: [] });
    expect(partner?.algorithms).toEqual(['RS256', 'PS256', 'ES256', 'EdDSA']);
    for (const id of ['', 'spring-drop', '*']) expect(isAdmittedTo(partner!, id)).toBe(false);
  });

  it('may claim in campaigns by their ids, or by how ids begin', () => {
    const [partner] = tokenIssuers(listed({ ...PARTNER, campaigns: ['spring-drop', 'acme-*'] }));
    const may = (id: string): boolean => isAdmittedTo(partner!, id);
    expect(['spring-drop', 'acme-', 'acme-1'].map(may)).toEqual([true, true, true]);
    expect(['spring-drop2', 'spring', 'acme', 'my-acme-1', 'ACME-1'].map(may)).toEqual(Array(5).fill(false));
    expect(isAdmittedTo({ campaigns: ['*'] }, 'any')).toBe(true);
  });

  it.each<[string, string]>([
    ['no JSON', '[{"issuer": hidden-1}]'],
    ['no list', '{}'],
    ['an empty list', '[]'],
    ['no objects', '["hidden-1"]'],
    ['too many', listed(...Array.from({ length: 101 }, (_, i) => ({ ...PARTNER, issuer: `https://${i}` })))],
    ['the same issuer twice', listed(PARTNER, PARTNER)],
    ['no issuer', listed({ ...PARTNER, issuer: undefined })],
    ['an issuer with a blank', listed({ ...PARTNER, issuer: 'hidden-1 (x)' })],
    ['no audience', listed({ ...PARTNER, audience: '' })],
    ['several audiences', listed({ ...PARTNER, audience: ['hidden-1'] })],
    ['no key set', listed({ ...PARTNER, keySet: undefined })],
    ['a login in the URL', listed({ ...PARTNER, keySet: 'https://u:hidden-1@partner.example' })],
    ['an algorithm of shared secrets', listed({ ...PARTNER, algorithms: ['HS256'] })],
    ['no algorithm', listed({ ...PARTNER, algorithms: [] })],
    ['a campaign that cannot be', listed({ ...PARTNER, campaigns: ['Hidden-1'] })],
    ['a pattern with more than an end', listed({ ...PARTNER, campaigns: ['a*b'] })],
    ['campaigns as text', listed({ ...PARTNER, campaigns: '*' })],
    ['campaigns as null', listed({ ...PARTNER, campaigns: null })],
    ['scopes that count in no campaign', listed({ ...PARTNER, scopes: ['grants:read'] })],
    ['a scope that does not exist', listed({ ...PARTNER, scopes: ['hidden-1'] })],
    ['a member that does not exist', listed({ ...PARTNER, campaign: ['hidden-1'] })],
  ])('stop the start by the name of the variable: %s', (_, JWT_ISSUERS) => {
    expect(() => readEnvironment({ ...OWN, JWT_ISSUERS })).toThrow(/^JWT_ISSUERS /);
    expect(() => readEnvironment({ ...OWN, JWT_ISSUERS })).not.toThrow(/hidden/i);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['JWT_ISSUER must be set', { ...OWN, JWT_ISSUER: '' }],
    ['not both', { ...OWN, JWT_JWKS_URL: 'https://own.example/keys' }],
    ['JWT_ISSUERS must not name JWT_ISSUER', { ...OWN, JWT_ISSUER: PARTNER.issuer }],
    [
      'JWT_ISSUERS must not name LOGIN_OIDC_ISSUER',
      {
        ...OWN,
        ...{ LOGIN_OIDC_ISSUER: PARTNER.issuer, LOGIN_OIDC_CLIENT_ID: 'c', LOGIN_OIDC_CLIENT_SECRET: 's' },
        ...{ PUBLIC_ORIGIN: 'https://give.example', COOKIE_SECRET: SECRET },
      },
    ],
    [
      'JWT_ISSUERS must not name CONSOLE_OIDC_ISSUER',
      {
        ...OWN,
        ...{
          CONSOLE_OIDC_ISSUER: PARTNER.issuer,
          CONSOLE_OIDC_CLIENT_ID: 'c',
          CONSOLE_OIDC_CLIENT_SECRET: 's',
        },
        ...{ PUBLIC_ORIGIN: 'https://give.example', COOKIE_SECRET: SECRET },
      },
    ],
  ])('stop the start beside what contradicts them: %s', (complaint, variables) => {
    const JWT_ISSUERS = listed(PARTNER);
    expect(() => readEnvironment({ ...variables, JWT_ISSUERS })).toThrow(complaint);
  });

  it('use TLS across a network in production', () => {
    const plain = listed({ ...PARTNER, keySet: 'http://partner.example/keys' });
    const given = { ...OWN, NODE_ENV: 'production', JWT_ISSUERS: plain };
    expect(() => readEnvironment(given)).toThrow('JWT_ISSUERS: each keySet must be https');
    expect(readEnvironment({ ...given, ALLOW_PLAIN_HTTP: 'true' }).JWT_ISSUERS).toBe(plain);
    const own = listed({ ...PARTNER, keySet: 'http://127.0.0.1/keys' });
    expect(readEnvironment({ ...given, JWT_ISSUERS: own }).JWT_ISSUERS).toBe(own);
  });

  it('may be all who sign tokens, or nobody', () => {
    expect(readEnvironment({ ...NEEDED, JWT_ISSUERS: listed(PARTNER) }).JWT_SECRET).toBeUndefined();
    expect(readEnvironment(OWN).JWT_ISSUERS).toBeUndefined();
    expect(() => readEnvironment(NEEDED)).toThrow('JWT_SECRET, JWT_JWKS_URL: exactly one');
  });
});
