import type { Environment } from './environment.js';
import { isLoopback } from './is-http-url.js';

/** What is wrong with the settings of logins taken together, each as a sentence that names variables, never values. */
export function complaintsAboutLogin(environment: Environment): string[] {
  const { NODE_ENV, HOST, DEV_LOGIN, COOKIE_SECRET, PUBLIC_ORIGIN } = environment;
  const { LOGIN_OIDC_ISSUER, CONSOLE_OIDC_ISSUER, CONSOLE_OIDC_SCOPE_CLAIM, CONSOLE_OIDC_SCOPE_MAP } =
    environment;
  const complaints: string[] = [];
  const hasProvider = (LOGIN_OIDC_ISSUER ?? CONSOLE_OIDC_ISSUER) !== undefined;
  if (hasProvider && PUBLIC_ORIGIN === undefined)
    complaints.push('PUBLIC_ORIGIN must be set with LOGIN_OIDC_ISSUER or CONSOLE_OIDC_ISSUER');
  if ((hasProvider || DEV_LOGIN) && COOKIE_SECRET === undefined)
    complaints.push('COOKIE_SECRET must be set with LOGIN_OIDC_ISSUER, CONSOLE_OIDC_ISSUER or DEV_LOGIN');
  if ((CONSOLE_OIDC_SCOPE_CLAIM === undefined) !== (CONSOLE_OIDC_SCOPE_MAP === undefined))
    complaints.push('CONSOLE_OIDC_SCOPE_CLAIM, CONSOLE_OIDC_SCOPE_MAP: both must be set, or neither');
  // Whoever reaches it may be anybody.
  if (DEV_LOGIN && NODE_ENV === 'production') complaints.push('DEV_LOGIN must not be true in production');
  if (DEV_LOGIN && !isLoopback(HOST)) complaints.push('DEV_LOGIN must not be true unless HOST is loopback');
  return complaints;
}
