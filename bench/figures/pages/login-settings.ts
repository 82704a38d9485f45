import type { Secrets } from '../../generator/credentials.js';

/** A service at which claimants can sign in. The provider is never asked: the bench seals their cookies itself. */
export function loginSettings({ cookies }: Secrets): Readonly<Record<string, string>> {
  return {
    PUBLIC_ORIGIN: 'https://give.example',
    COOKIE_SECRET: cookies,
    LOGIN_OIDC_ISSUER: 'https://id.example',
    LOGIN_OIDC_CLIENT_ID: 'bench',
    LOGIN_OIDC_CLIENT_SECRET: 'never sent',
  };
}
