import { Expose } from 'class-transformer';
import { IsOptional, IsString } from 'class-validator';
import { IsHttpUrl } from '../is-http-url.js';
import { IsParsedBy } from '../is-parsed-by.js';
import { AreSecrets } from '../secret-list.js';
import { tokenIssuers } from '../token-issuers.js';
import { Fallback, Integer, Switch } from '../variables.js';

/** Whose tokens are believed (docs/tokens.md). */
export class TokenSettings {
  /** One or several secrets, see `secretsIn`. */
  @Expose()
  @IsOptional()
  @AreSecrets(32)
  readonly JWT_SECRET?: string;

  @Expose()
  @IsOptional()
  @IsHttpUrl({ query: true })
  readonly JWT_JWKS_URL?: string;

  /** The age at which the keys from JWT_JWKS_URL are fetched again, in the background. */
  @Integer(600_000, 100, 86_400_000)
  readonly JWT_JWKS_REFRESH_MS: number;

  /** The age up to which they verify tokens while they cannot be fetched again. */
  @Integer(86_400_000, 100, 31_536_000_000)
  readonly JWT_JWKS_STALE_MS: number;

  @Expose()
  @IsOptional()
  @IsString()
  readonly JWT_ISSUER?: string;

  @Expose()
  @IsOptional()
  @IsString()
  readonly JWT_AUDIENCE?: string;

  /** Partners that sign tokens for their own people, see `tokenIssuers`. Not set: none. */
  @Expose()
  @IsOptional()
  @IsParsedBy(tokenIssuers)
  readonly JWT_ISSUERS?: string;

  /** The claim of a token that holds the user id. */
  @Fallback('sub')
  @IsString()
  readonly JWT_USER_CLAIM: string;

  /** How far the token issuer's clock may differ from ours. */
  @Integer(5, 0, 300)
  readonly JWT_LEEWAY_SECONDS: number;

  /** Whether tokens that never expire are refused. */
  @Switch({ inProduction: true, elsewhere: false })
  readonly JWT_REQUIRE_EXP: boolean;
}
