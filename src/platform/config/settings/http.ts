import { Expose, Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { corsOrigins } from '../cors-origins.js';
import { IsParsedBy } from '../is-parsed-by.js';
import { publicOrigin } from '../public-origin.js';
import { trustedProxies } from '../trusted-proxies.js';
import { Fallback, Integer, Switch } from '../variables.js';

/** The way in: where it listens, whom it trusts, and its limits. */
export class HttpSettings {
  @Integer(3000, 0, 65_535)
  readonly PORT: number;

  @Fallback('127.0.0.1')
  @IsString()
  readonly HOST: string;

  /** The port of /metrics and /health instead of PORT, for networks that only operators reach. */
  @Expose()
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly METRICS_PORT?: number;

  /** Express' "trust proxy": a hop count, or addresses and ranges of the proxies whose X-Forwarded-For is trusted. */
  @Expose()
  @IsOptional()
  @IsParsedBy(trustedProxies)
  readonly TRUST_PROXY?: string;

  /** Origins whose pages may read answers, see `corsOrigins`. Not set: none. */
  @Expose()
  @IsOptional()
  @IsParsedBy(corsOrigins)
  readonly CORS_ORIGINS?: string;

  /** The origin under which browsers reach this installation: scheme, host and port. Logins come back to it. */
  @Expose()
  @IsOptional()
  @IsParsedBy(publicOrigin)
  readonly PUBLIC_ORIGIN?: string;

  /** Whether keys may be fetched, and payouts requested, over a network without TLS. */
  @Switch({ inProduction: false, elsewhere: true })
  readonly ALLOW_PLAIN_HTTP: boolean;

  /** A claim or read that takes longer is answered 503. */
  @Integer(1_800, 100, 60_000)
  readonly REQUEST_DEADLINE_MS: number;

  @Integer(10_000, 1_000, 3_600_000)
  readonly RATE_LIMIT_WINDOW_MS: number;

  @Integer(300_000, 1, 1_000_000_000)
  readonly RATE_LIMIT_PER_IP: number;

  @Integer(50, 1, 1_000_000_000)
  readonly RATE_LIMIT_PER_USER: number;

  @Integer(16_384, 0, 1_048_576)
  readonly BODY_LIMIT_BYTES: number;

  @Integer(8_192, 1_024, 65_536)
  readonly HEADER_LIMIT_BYTES: number;

  /** How long an idle connection stays open. */
  @Integer(65_000, 1_000, 3_600_000)
  readonly KEEP_ALIVE_TIMEOUT_MS: number;

  /** Open connections of one instance; further ones are closed at once. */
  @Integer(20_000, 1, 1_000_000)
  readonly MAX_CONNECTIONS: number;
}
