import type { Environment } from './environment.js';
import { isPlainOverNetwork } from './is-http-url.js';
import { isAdmittedEverywhere, type TokenIssuer, tokenIssuers } from './token-issuers.js';

/** What is wrong with who signs tokens, as sentences that name variables, never values. */
export function complaintsAboutIssuers(environment: Environment): string[] {
  const { JWT_SECRET, JWT_JWKS_URL, JWT_ISSUER, JWT_ISSUERS, ALLOW_PLAIN_HTTP } = environment;
  const { LOGIN_OIDC_ISSUER, CONSOLE_OIDC_ISSUER } = environment;
  const hasOwn = (JWT_SECRET ?? JWT_JWKS_URL) !== undefined;
  if (JWT_ISSUERS === undefined)
    return (JWT_SECRET === undefined) === (JWT_JWKS_URL === undefined)
      ? ['JWT_SECRET, JWT_JWKS_URL: exactly one of the two must be set']
      : [];
  const complaints: string[] = [];
  if (JWT_SECRET !== undefined && JWT_JWKS_URL !== undefined)
    complaints.push('JWT_SECRET, JWT_JWKS_URL: not both may be set');
  // Otherwise our own keys would verify whatever `iss` nobody has.
  if (hasOwn && JWT_ISSUER === undefined)
    complaints.push('JWT_ISSUER must be set with JWT_ISSUERS and JWT_SECRET or JWT_JWKS_URL');
  const partners = readable(JWT_ISSUERS);
  const isListed = (issuer: string | undefined): boolean => partners.some((one) => one.issuer === issuer);
  if (isListed(JWT_ISSUER)) complaints.push('JWT_ISSUERS must not name JWT_ISSUER');
  // Whoever signs in there would be let into every campaign, and named by a number of the partner's.
  if (isListed(LOGIN_OIDC_ISSUER)) complaints.push('JWT_ISSUERS must not name LOGIN_OIDC_ISSUER');
  // The scopes of a login are for all campaigns.
  if (partners.some((one) => one.issuer === CONSOLE_OIDC_ISSUER && !isAdmittedEverywhere(one)))
    complaints.push('JWT_ISSUERS must not name CONSOLE_OIDC_ISSUER, unless its campaigns are *');
  if (!ALLOW_PLAIN_HTTP && partners.some(({ keySet }) => isPlainOverNetwork(keySet)))
    complaints.push('JWT_ISSUERS: each keySet must be https://, unless ALLOW_PLAIN_HTTP is true');
  return complaints;
}

/** None when the setting cannot be read, which is complained about already. */
function readable(setting: string): readonly TokenIssuer[] {
  try {
    return tokenIssuers(setting);
  } catch {
    return [];
  }
}
