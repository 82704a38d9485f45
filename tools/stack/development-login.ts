import { isLoopback } from '../../src/platform/config/is-http-url.js';
import { developmentSecret } from './development-secret.js';
import { fromEnvironment } from './dot-env.js';

/**
 * The variables that let whoever opens the pages of this machine choose who to be. None where the service would refuse
 * them (in production, or when others can reach it) or where somebody has decided: by DEV_LOGIN.
 * @param host the address that the service listens on
 */
export async function developmentLogin(host: string): Promise<Readonly<Record<string, string>>> {
  const isPrivate = isLoopback(host) && fromEnvironment('NODE_ENV') !== 'production';
  if (!isPrivate || fromEnvironment('DEV_LOGIN') === 'false') return {};
  const secret = fromEnvironment('COOKIE_SECRET') ?? (await developmentSecret('cookie-secret'));
  return { DEV_LOGIN: 'true', COOKIE_SECRET: secret };
}
