import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { scopesByClaim } from '../../src/platform/config/scopes-by-claim.js';
import { scopesOf } from '../../src/platform/login/operator-scopes.js';
import { isReturnPath } from '../../src/platform/login/return-path.js';
import { readCookie } from '../../src/platform/sessions/cookies.js';

const SECRET = 'x'.repeat(32);
const NEEDED = { DATABASE_URL: 'postgres://u@h/d', REDIS_URL: 'redis://h', JWT_SECRET: SECRET };
const LOGIN = {
  LOGIN_OIDC_ISSUER: 'https://id.example',
  LOGIN_OIDC_CLIENT_ID: 'hidden-id',
  LOGIN_OIDC_CLIENT_SECRET: 'hidden-secret',
  PUBLIC_ORIGIN: 'https://give.example',
  COOKIE_SECRET: SECRET,
};
const read = (more: Readonly<Record<string, string>>) => readEnvironment({ ...NEEDED, ...more });

describe('the configuration of logins', () => {
  it('is none by default, and complete with a provider', () => {
    expect(read({})).toMatchObject({
      DEV_LOGIN: false,
      CONSOLE_IDLE_MS: 900_000,
      CONSOLE_SESSION_MS: 43_200_000,
    });
    expect(read(LOGIN)).toMatchObject({ LOGIN_OIDC_SCOPE: 'openid profile', LOGIN_SESSION_MS: 43_200_000 });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['LOGIN_OIDC_CLIENT_ID', { ...LOGIN, LOGIN_OIDC_CLIENT_ID: '' }],
    ['LOGIN_OIDC_CLIENT_SECRET', { ...LOGIN, LOGIN_OIDC_CLIENT_SECRET: '' }],
    ['PUBLIC_ORIGIN', { ...LOGIN, PUBLIC_ORIGIN: '' }],
    ['COOKIE_SECRET', { ...LOGIN, COOKIE_SECRET: '' }],
    ['COOKIE_SECRET', { ...LOGIN, COOKIE_SECRET: 'too short' }],
    ['COOKIE_SECRET', { DEV_LOGIN: 'true' }],
    ['PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'https://give.example/' }],
    ['PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'http://give.example' }],
    ['LOGIN_OIDC_SCOPE', { ...LOGIN, LOGIN_OIDC_SCOPE: 'profile' }],
    ['LOGIN_OIDC_ISSUER', { ...LOGIN, LOGIN_OIDC_ISSUER: 'http://id.example', ALLOW_PLAIN_HTTP: 'false' }],
    ['CONSOLE_OIDC_SCOPE_MAP', { CONSOLE_OIDC_SCOPE_CLAIM: 'groups' }],
    [
      'CONSOLE_OIDC_SCOPE_MAP',
      { CONSOLE_OIDC_SCOPE_CLAIM: 'groups', CONSOLE_OIDC_SCOPE_MAP: 'ops=grants:all' },
    ],
    ['DEV_LOGIN', { DEV_LOGIN: 'true', COOKIE_SECRET: SECRET, HOST: '10.0.0.1' }],
    ['DEV_LOGIN', { DEV_LOGIN: 'true', COOKIE_SECRET: SECRET, NODE_ENV: 'production' }],
  ])('stops the start by the name of %s: %j', (name, variables) => {
    expect(() => read(variables)).toThrow(new RegExp(`(^|[ ,;])${name}\\b`));
    expect(() => read(variables)).not.toThrow(/hidden|give[.]example[/]|too short/);
  });

  it.each(['127.0.0.1', 'localhost', '::1'])('lets the development login run on %s', (HOST) => {
    expect(read({ DEV_LOGIN: 'true', COOKIE_SECRET: SECRET, HOST }).DEV_LOGIN).toBe(true);
  });
});

describe('scopes of an operator', () => {
  it('are read from entries, in which the value may contain =', () => {
    expect(scopesByClaim(' cn=ops = grants:read + grants:payouts , all=grants:admin')).toEqual(
      new Map([
        ['cn=ops', ['grants:read', 'grants:payouts']],
        ['all', ['grants:admin']],
      ]),
    );
    for (const bad of ['', '=grants:read', 'ops', 'ops=', 'ops=grants:read,', 'ops=read', 'ops=grants:read+'])
      expect(() => scopesByClaim(bad)).toThrow('must be');
  });

  it('come from the values that the claim has, and from nothing else', () => {
    const environment = read({
      CONSOLE_OIDC_SCOPE_CLAIM: 'groups',
      CONSOLE_OIDC_SCOPE_MAP: 'ops=grants:read',
    });
    const of = (groups: unknown) =>
      scopesOf({ issuer: 'https://id.example', claims: { groups } }, environment);
    for (const good of ['ops', 'a ops', ['x', 'ops', 'ops']]) expect(of(good)).toEqual(['grants:read']);
    for (const bad of [undefined, null, '', 'opsx', ['grants:admin'], [['ops']], { ops: true }, 1])
      expect(of(bad)).toEqual([]);
    const claims = { groups: ['ops'], scope: 'grants:admin', scopes: ['grants:admin'] };
    expect(scopesOf({ issuer: 'https://id.example', claims }, read({}))).toEqual([]);
  });
});

describe('a path to come back to', () => {
  it.each(['/', '/c/drop', '/c/drop/ko?x=1&y=%2F#z', '/console/campaigns/a-b', '/login:x'])(
    'may be %s',
    (path) => {
      expect(isReturnPath(path)).toBe(true);
    },
  );

  it.each([
    '',
    'c',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\n//evil.example',
    'https://evil.example',
    '/a/../../x',
    '/a b',
    `/${'x'.repeat(500)}`,
    7,
    undefined,
  ])('may not be %j', (path) => expect(isReturnPath(path)).toBe(false));
});

it('a cookie is found by its whole name', () => {
  expect(readCookie('a=1; seonchak-session=x.y; b=2', 'seonchak-session')).toBe('x.y');
  expect(readCookie('seonchak-session2=x; xseonchak-session=y', 'seonchak-session')).toBeUndefined();
  expect(readCookie('seonchak-session=x;seonchak-session=y', 'seonchak-session')).toBe('x');
  expect(readCookie(undefined, 'seonchak-session')).toBeUndefined();
});
