import type { Environment } from '../config/environment.js';

/** Where claimants sign in; null when this installation has no login for them. */
export function claimantLoginPath({ LOGIN_OIDC_ISSUER, DEV_LOGIN }: Environment): '/login' | null {
  return LOGIN_OIDC_ISSUER !== undefined || DEV_LOGIN ? '/login' : null;
}

/** Where operators sign in; null when this installation has no login for them. */
export function operatorLoginPath({ CONSOLE_OIDC_ISSUER, DEV_LOGIN }: Environment): '/console/login' | null {
  return CONSOLE_OIDC_ISSUER !== undefined || DEV_LOGIN ? '/console/login' : null;
}
