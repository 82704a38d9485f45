import { setTimeout as sleep } from 'node:timers/promises';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { TokenVerifier } from '../../src/platform/identity/token-verifier.js';
import { forge } from '../support/forged-tokens.js';
import { JWT_SECRET } from '../support/world.js';

const verifier = new TokenVerifier(
  readEnvironment({
    ...{ DATABASE_URL: 'postgres://user@127.0.0.1/nowhere', REDIS_URL: 'redis://127.0.0.1/0', JWT_SECRET },
    JWT_LEEWAY_SECONDS: '0',
  }),
);

const secondsFromNow = (seconds: number): number => Date.now() / 1_000 + seconds;

describe('a token signed with the shared secret', () => {
  it('is remembered from its second use until it expires, and no longer', async () => {
    const authorization = `Bearer ${forge({ sub: '7', exp: secondsFromNow(1.5) })}`;
    const [first, second, third] = [1, 2, 3].map(() => verifier.identify(authorization));
    expect(first).toEqual({ subject: '7', user: '7', scopes: [] });
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    await sleep(1_600);
    expect(() => verifier.identify(authorization)).toThrow('The token has expired.');
  });

  it('is not mistaken for a remembered token with the same ending', () => {
    const known = forge({ sub: '8', exp: secondsFromNow(60) });
    for (let i = 0; i < 3; i++) expect(verifier.identify(`Bearer ${known}`)).toMatchObject({ subject: '8' });
    const [header, , signature] = known.split('.');
    const [, others] = forge({ sub: '9', exp: secondsFromNow(60) }).split('.');
    expect(() => verifier.identify(`Bearer ${header}.${others}.${signature}`)).toThrow(
      'The token is not valid.',
    );
  });
});
