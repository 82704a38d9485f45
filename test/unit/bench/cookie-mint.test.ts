import { CookieMint } from '../../../bench/generator/cookie-mint.js';
import type { Environment } from '../../../src/platform/config/environment.js';
import { ClaimantSessions } from '../../../src/platform/sessions/claimant-sessions.js';
import { OwnSite } from '../../../src/platform/sessions/own-site.js';
import type { IncomingMessage } from 'node:http';

const secret = 'a-secret-of-the-bench-that-is-long-enough';
const environment = {
  COOKIE_SECRET: secret,
  PUBLIC_ORIGIN: 'https://give.example',
  LOGIN_OIDC_ISSUER: 'https://id.example',
} as Environment;
const sessions = new ClaimantSessions(environment, new OwnSite(environment));
const requestWith = (cookie: string) => ({ headers: { cookie } }) as IncomingMessage;

describe('a cookie of the bench', () => {
  it('is a session of that user at the service', () => {
    const session = sessions.of(requestWith(new CookieMint(secret).cookieOf(42)));
    expect(session).toMatchObject({ userId: '42' });
    expect(session?.expiresAt).toBeGreaterThan(Date.now());
  });

  it('by another secret is none', () => {
    expect(sessions.of(requestWith(new CookieMint(`${secret}!`).cookieOf(42)))).toBeNull();
  });
});
