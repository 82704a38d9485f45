import { Expose } from 'class-transformer';
import { IsOptional, IsString, Matches, ValidateIf } from 'class-validator';
import { IsHttpUrl } from '../is-http-url.js';
import { IsParsedBy } from '../is-parsed-by.js';
import { scopesByClaim } from '../scopes-by-claim.js';
import { AreSecrets } from '../secret-list.js';
import { Fallback, Integer, Switch } from '../variables.js';

/** Names of scopes (RFC 6749, 3.3), `openid` among them: without it a provider sends no ID token. */
const OPENID_SCOPES = /^(?=(.* )?openid( |$))[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Logins of claimants and operators (docs/login.md). */
export class LoginSettings {
  /** What seals the cookies of logins; one or several secrets, see `secretsIn`. */
  @Expose()
  @IsOptional()
  @AreSecrets(32)
  readonly COOKIE_SECRET?: string;

  /** The OpenID provider of claimants. Not set: they have no login here. */
  @Expose()
  @IsOptional()
  @IsHttpUrl({ query: false })
  readonly LOGIN_OIDC_ISSUER?: string;

  @ValidateIf(({ LOGIN_OIDC_ISSUER }: LoginSettings) => LOGIN_OIDC_ISSUER !== undefined)
  @Expose()
  @IsString()
  readonly LOGIN_OIDC_CLIENT_ID?: string;

  @ValidateIf(({ LOGIN_OIDC_ISSUER }: LoginSettings) => LOGIN_OIDC_ISSUER !== undefined)
  @Expose()
  @IsString()
  readonly LOGIN_OIDC_CLIENT_SECRET?: string;

  /** The OpenID scopes that a claimant's login asks for. */
  @Fallback('openid profile')
  @Matches(OPENID_SCOPES, { message: '$property must be names separated by spaces, openid among them' })
  readonly LOGIN_OIDC_SCOPE: string;

  /** How long a claimant stays signed in. */
  @Integer(43_200_000, 1_000, 2_592_000_000)
  readonly LOGIN_SESSION_MS: number;

  /** The OpenID provider of operators. Not set: the console has no login. */
  @Expose()
  @IsOptional()
  @IsHttpUrl({ query: false })
  readonly CONSOLE_OIDC_ISSUER?: string;

  @ValidateIf(({ CONSOLE_OIDC_ISSUER }: LoginSettings) => CONSOLE_OIDC_ISSUER !== undefined)
  @Expose()
  @IsString()
  readonly CONSOLE_OIDC_CLIENT_ID?: string;

  @ValidateIf(({ CONSOLE_OIDC_ISSUER }: LoginSettings) => CONSOLE_OIDC_ISSUER !== undefined)
  @Expose()
  @IsString()
  readonly CONSOLE_OIDC_CLIENT_SECRET?: string;

  /** The OpenID scopes that an operator's login asks for. */
  @Fallback('openid profile')
  @Matches(OPENID_SCOPES, { message: '$property must be names separated by spaces, openid among them' })
  readonly CONSOLE_OIDC_SCOPE: string;

  /** The claim of the provider that says what an operator may do. Not set: nothing. */
  @Expose()
  @IsOptional()
  @IsString()
  readonly CONSOLE_OIDC_SCOPE_CLAIM?: string;

  /** Which values of that claim stand for which scopes, see `scopesByClaim`. Not set: none. */
  @Expose()
  @IsOptional()
  @IsParsedBy(scopesByClaim)
  readonly CONSOLE_OIDC_SCOPE_MAP?: string;

  /** An operator who does nothing for so long has to sign in again. */
  @Integer(900_000, 1_000, 86_400_000)
  readonly CONSOLE_IDLE_MS: number;

  /** An operator has to sign in again after so long in any case. */
  @Integer(43_200_000, 1_000, 86_400_000)
  readonly CONSOLE_SESSION_MS: number;

  /** Whether whoever comes may choose who to be. For development on one's own machine alone. */
  @Switch({ inProduction: false, elsewhere: false })
  readonly DEV_LOGIN: boolean;
}
