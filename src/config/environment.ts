import { Expose, Transform, Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { IsRedisUrl } from './is-redis-url.js';

export const ROLES = ['api', 'worker', 'all'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What a failpoint does when it is reached: end the process by SIGKILL, freeze it by SIGSTOP, or throw. */
export const FAILPOINT_ACTIONS = ['kill', 'stop', 'error'] as const;
export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];

const FAILPOINT = `[a-z-]+\\.[a-z-]+:(${FAILPOINT_ACTIONS.join('|')})(@[1-9]\\d{0,5})?`;
const FAILPOINT_LIST = new RegExp(`^${FAILPOINT}(,${FAILPOINT})*$`);

const PROXY = '(?:[0-9a-fA-F.:/]+|loopback|linklocal|uniquelocal)';
const PROXIES = new RegExp(`^(\\d{1,2}|${PROXY}( *, *${PROXY})*)$`);

const paysByHttp = ({ PAYOUT_PROVIDER }: Environment): boolean => PAYOUT_PROVIDER === 'http';

/** An integer variable with its default; out of `min`..`max` stops the start. */
function Integer(fallback: number, min: number, max: number): PropertyDecorator {
  return (target, property) => {
    Expose()(target, property);
    Transform(({ value }: { value: unknown }) => value ?? fallback)(target, property);
    Type(() => Number)(target, property);
    IsInt()(target, property);
    Min(min)(target, property);
    Max(max)(target, property);
  };
}

function Fallback(fallback: string): PropertyDecorator {
  return (target, property) => {
    Expose()(target, property);
    Transform(({ value }: { value: unknown }) => value ?? fallback)(target, property);
  };
}

/**
 * Everything an operator can choose, read once from the process's environment. `.env.example` explains each
 * variable; the names here are the variables' own. Times are in ms, sizes in bytes.
 */
export class Environment {
  @Fallback('development')
  @IsIn(['development', 'test', 'production'])
  readonly NODE_ENV: 'development' | 'test' | 'production';

  @Fallback('all')
  @IsIn(ROLES)
  readonly APP_ROLE: Role;

  @Integer(3000, 0, 65_535)
  readonly PORT: number;

  @Fallback('127.0.0.1')
  @IsString()
  readonly HOST: string;

  /** Express' "trust proxy": a hop count, or addresses and ranges of the proxies whose X-Forwarded-For counts. */
  @Expose()
  @IsOptional()
  @Matches(PROXIES, { message: '$property must be a number of hops, or addresses and ranges, by commas' })
  readonly TRUST_PROXY?: string;

  @Expose()
  @Matches(/^postgres(ql)?:\/\//, { message: '$property must be a postgres:// URL' })
  readonly DATABASE_URL: string;

  @Integer(10, 3, 1_000)
  readonly DATABASE_POOL_SIZE: number;

  /** How long one SQL statement may run. */
  @Integer(10_000, 50, 600_000)
  readonly DATABASE_TIMEOUT_MS: number;

  @Expose()
  @IsRedisUrl()
  readonly REDIS_URL: string;

  /** How long the request path waits for one answer of Redis. */
  @Integer(800, 50, 60_000)
  readonly REDIS_TIMEOUT_MS: number;

  @Expose()
  @IsOptional()
  @MinLength(32)
  readonly JWT_SECRET?: string;

  @Expose()
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  readonly JWT_JWKS_URL?: string;

  @Expose()
  @IsOptional()
  @IsString()
  readonly JWT_ISSUER?: string;

  @Expose()
  @IsOptional()
  @IsString()
  readonly JWT_AUDIENCE?: string;

  /** Who moves the money: the ledger in our own Postgres, or a provider across a network (docs/payout-provider.md). */
  @Fallback('ledger')
  @IsIn(['ledger', 'http'])
  readonly PAYOUT_PROVIDER: 'ledger' | 'http';

  @ValidateIf(paysByHttp)
  @Expose()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  readonly PAYOUT_HTTP_URL?: string;

  @ValidateIf(paysByHttp)
  @Expose()
  @MinLength(16)
  readonly PAYOUT_HTTP_SECRET?: string;

  /** Signs what the provider tells by itself; without one nothing it tells is believed. */
  @Expose()
  @IsOptional()
  @MinLength(16)
  readonly PAYOUT_WEBHOOK_SECRET?: string;

  /** How far a webhook's time may be from Postgres' clock. */
  @Integer(300_000, 1_000, 86_400_000)
  readonly PAYOUT_WEBHOOK_TOLERANCE_MS: number;

  /** From the call to the last byte of its answer, at most. */
  @Integer(5_000, 50, 120_000)
  readonly PAYOUT_HTTP_TIMEOUT_MS: number;

  @Integer(65_536, 256, 16_777_216)
  readonly PAYOUT_HTTP_RESPONSE_LIMIT_BYTES: number;

  /** Calls a second, all workers together. */
  @Integer(50, 1, 100_000)
  readonly PAYOUT_HTTP_RATE: number;

  /** Calls that one worker has under way at once. */
  @Integer(16, 1, 1_000)
  readonly PAYOUT_HTTP_CONCURRENCY: number;

  /** After so many calls in a row without an answer the provider is left alone for PAYOUT_HTTP_BREAKER_MS. */
  @Integer(20, 1, 100_000)
  readonly PAYOUT_HTTP_BREAKER_AFTER: number;

  @Integer(5_000, 10, 600_000)
  readonly PAYOUT_HTTP_BREAKER_MS: number;

  /** How long the provider remembers a key, from its first request on. */
  @Integer(86_400_000, 1_000, 31_536_000_000)
  readonly PAYOUT_KEY_MEMORY_MS: number;

  /** So long before that nothing is sent again under it. */
  @Integer(3_600_000, 0, 31_536_000_000)
  readonly PAYOUT_KEY_MARGIN_MS: number;

  /** What is still in doubt so long after its first request is held for an operator. */
  @Integer(172_800_000, 100, 31_536_000_000)
  readonly PAYOUT_HOLD_AFTER_MS: number;

  /** The first pause before what is in doubt is looked up; doubles each time, with jitter. */
  @Integer(1_000, 1, 3_600_000)
  readonly PAYOUT_RETRY_MS: number;

  @Integer(300_000, 1, 86_400_000)
  readonly PAYOUT_RETRY_MAX_MS: number;

  @Integer(2, 1, 100)
  readonly WORKER_CONCURRENCY: number;

  /** How long a slot may stay in `processing` before the reaper looks at it. */
  @Integer(30_000, 100, 86_400_000)
  readonly SLOT_LEASE_MS: number;

  @Integer(5_000, 50, 3_600_000)
  readonly REAPER_INTERVAL_MS: number;

  /** How many leases, places or rows the reaper takes in one bite. */
  @Integer(500, 1, 5_000)
  readonly REAPER_BATCH_SIZE: number;

  /** How many claims at most share one script call and one INSERT. */
  @Integer(500, 1, 2_000)
  readonly CLAIM_BATCH_SIZE: number;

  /** Claims and status reads that one instance holds at once; beyond it answers 503 without asking Redis. */
  @Integer(10_000, 1, 1_000_000)
  readonly CLAIMS_IN_FLIGHT_MAX: number;

  /** The longest that a claim or a read may take before it is answered 503. */
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

  /** From SIGTERM to the end of the process, at most. */
  @Integer(10_000, 100, 600_000)
  readonly SHUTDOWN_DEADLINE_MS: number;

  /** How long readiness says 503 before the listener closes, so that load balancers notice. */
  @Integer(0, 0, 60_000)
  readonly DRAIN_DELAY_MS: number;

  @Fallback('info')
  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number];

  /** For tests alone, see `failpoints/`: e.g. `gate.decided:kill,payout.concluded:error@3` (the third time it is reached). */
  @Expose()
  @IsOptional()
  @Matches(FAILPOINT_LIST, { message: '$property must be a list of name:kill|stop|error[@reach]' })
  readonly FAILPOINTS?: string;
}
