import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { Problem } from '../problems/problem.js';
import { OwnSite } from '../sessions/own-site.js';
import { Seal } from '../sessions/seal.js';
import { DevelopmentClaimantLogin, DevelopmentOperatorLogin } from './development-login.js';
import { LoginFlow, type LoginKind } from './login-flow.js';
import type { LoginProvider } from './login-provider.js';
import { OpenIdProvider } from './openid-provider.js';

const CLAIMANTS: LoginKind = { path: '/login', cookie: 'login', home: '/' };
const OPERATORS: LoginKind = { path: '/console/login', cookie: 'console-login', home: '/console' };

/** The two logins as this installation is configured: by a provider, by choice while developing, or none. */
@Injectable()
export class LoginFlows {
  private readonly claimants: LoginFlow | undefined;
  private readonly operators: LoginFlow | undefined;

  constructor(
    environment: Environment,
    private readonly site: OwnSite,
  ) {
    const { COOKIE_SECRET, DEV_LOGIN } = environment;
    if (COOKIE_SECRET === undefined) return;
    this.claimants = this.flow(
      CLAIMANTS,
      COOKIE_SECRET,
      claimantProvider(environment) ?? (DEV_LOGIN ? new DevelopmentClaimantLogin() : undefined),
    );
    this.operators = this.flow(
      OPERATORS,
      COOKIE_SECRET,
      operatorProvider(environment) ?? (DEV_LOGIN ? new DevelopmentOperatorLogin() : undefined),
    );
  }

  /** @throws Problem 404 when claimants have no login here */
  forClaimants(): LoginFlow {
    return this.claimants ?? noLogin();
  }

  /** @throws Problem 404 when operators have no login here */
  forOperators(): LoginFlow {
    return this.operators ?? noLogin();
  }

  private flow(kind: LoginKind, secrets: string, provider: LoginProvider | undefined): LoginFlow | undefined {
    // Sealed for one login, an attempt does not open in the other.
    return provider && new LoginFlow(kind, provider, this.site, new Seal(secrets, kind.path));
  }
}

function claimantProvider(environment: Environment): OpenIdProvider | undefined {
  const {
    LOGIN_OIDC_ISSUER: issuer,
    LOGIN_OIDC_CLIENT_ID: id,
    LOGIN_OIDC_CLIENT_SECRET: secret,
  } = environment;
  if (issuer === undefined || id === undefined || secret === undefined) return undefined;
  return new OpenIdProvider({ issuer, id, secret, scope: environment.LOGIN_OIDC_SCOPE });
}

function operatorProvider(environment: Environment): OpenIdProvider | undefined {
  const {
    CONSOLE_OIDC_ISSUER: issuer,
    CONSOLE_OIDC_CLIENT_ID: id,
    CONSOLE_OIDC_CLIENT_SECRET: secret,
  } = environment;
  if (issuer === undefined || id === undefined || secret === undefined) return undefined;
  return new OpenIdProvider({ issuer, id, secret, scope: environment.CONSOLE_OIDC_SCOPE });
}

function noLogin(): never {
  throw new Problem(404, 'not-found', undefined, {
    detail: 'This installation has no login at this address.',
  });
}
