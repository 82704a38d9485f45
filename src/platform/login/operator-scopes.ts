import type { Environment } from '../config/environment.js';
import { isOperatorScope, type OperatorScope, scopesByClaim } from '../config/scopes-by-claim.js';
import { DEVELOPMENT } from './development-login.js';
import type { SignedIn } from './login-provider.js';

/**
 * What an operator may do, by what the provider says of them: the values of CONSOLE_OIDC_SCOPE_CLAIM (a list, or a text
 * with values separated by spaces) that CONSOLE_OIDC_SCOPE_MAP names. Nothing else gives a scope. The development login
 * lets everybody choose.
 */
export function scopesOf(
  { issuer, claims }: Pick<SignedIn, 'issuer' | 'claims'>,
  { CONSOLE_OIDC_SCOPE_CLAIM, CONSOLE_OIDC_SCOPE_MAP }: Environment,
): OperatorScope[] {
  if (issuer === DEVELOPMENT) return valuesOf(claims.scopes).filter(isOperatorScope);
  if (CONSOLE_OIDC_SCOPE_CLAIM === undefined || CONSOLE_OIDC_SCOPE_MAP === undefined) return [];
  const scopes = scopesByClaim(CONSOLE_OIDC_SCOPE_MAP);
  return [...new Set(valuesOf(claims[CONSOLE_OIDC_SCOPE_CLAIM]).flatMap((value) => scopes.get(value) ?? []))];
}

function valuesOf(claim: unknown): string[] {
  if (typeof claim === 'string') return [claim, ...claim.split(' ')]; // a single value may have spaces, too
  return Array.isArray(claim) ? claim.filter((value) => typeof value === 'string') : [];
}
