import { Expose, Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { databaseHosts } from './database-hosts.js';
import { IsHttpUrl } from './is-http-url.js';
import { IsParsedBy } from './is-parsed-by.js';
import { IsPemFile } from './is-pem-file.js';
import { parseRedisUrl } from './redis-address.js';
import { AreSecrets } from './secret-list.js';
import { complaintAboutWebhookSecret } from './webhook-key.js';

export const ROLES = ['api', 'worker', 'all'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What a failpoint does when it is reached: end the process by SIGKILL, freeze it by SIGSTOP, or throw. */
export const FAILPOINT_ACTIONS = ['kill', 'stop', 'error'] as const;
export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];

const FAILPOINT = `[a-z-]+\\.[a-z-]+:(${FAILPOINT_ACTIONS.join('|')})(@[1-9]\\d{0,5})?`;
const FAILPOINT_LIST = new RegExp(`^${FAILPOINT}(,${FAILPOINT})*$`);

/** A BIGINT of Postgres, surely. */
const MINOR_UNITS = /^(0|[1-9]\d{0,17})$/;

const PROXY = '(?:[0-9a-fA-F.:/]+|loopback|linklocal|uniquelocal)';
const PROXIES = new RegExp(`^(\\d{1,2}|${PROXY}( *, *${PROXY})*)$`);

/** What a header can hold: with a line's end behind a secret no call would ever leave. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;

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

/** `true` or `false`. @param fallback what it is where it is not set, in production and elsewhere */
function Switch(fallback: {
  readonly inProduction: boolean;
  readonly elsewhere: boolean;
}): PropertyDecorator {
  const read = ({ value, obj }: { value?: unknown; obj: NodeJS.ProcessEnv }): unknown => {
    if (value === undefined)
      return obj.NODE_ENV === 'production' ? fallback.inProduction : fallback.elsewhere;
    return value === 'true' || value === 'false' ? value === 'true' : value;
  };
  return (target, property) => {
    Expose()(target, property);
    Transform(read)(target, property);
    IsBoolean({ message: '$property must be true or false' })(target, property);
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

  /** Where /metrics and /health are served instead of on PORT, for networks that only operators reach. */
  @Expose()
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly METRICS_PORT?: number;

  /** Express' "trust proxy": a hop count, or addresses and ranges of the proxies whose X-Forwarded-For counts. */
  @Expose()
  @IsOptional()
  @Matches(PROXIES, { message: '$property must be a number of hops, or addresses and ranges, by commas' })
  readonly TRUST_PROXY?: string;

  @Expose()
  @IsParsedBy(databaseHosts)
  readonly DATABASE_URL: string;

  @Integer(10, 3, 1_000)
  readonly DATABASE_POOL_SIZE: number;

  /** Connections for status reads, public pages, operators' reports and metrics, besides those of DATABASE_POOL_SIZE. */
  @Integer(4, 1, 1_000)
  readonly DATABASE_READ_POOL_SIZE: number;

  /** How long one SQL statement may run. */
  @Integer(10_000, 50, 600_000)
  readonly DATABASE_TIMEOUT_MS: number;

  @Expose()
  @IsParsedBy(parseRedisUrl)
  readonly REDIS_URL: string;

  /** Who may have signed the certificate of a rediss:// server, beside or instead of those that Node.js trusts. */
  @Expose()
  @IsOptional()
  @IsPemFile('certificate')
  readonly REDIS_TLS_CA_FILE?: string;

  /** Our own certificate, for a server that asks for one, and its key. */
  @Expose()
  @IsOptional()
  @IsPemFile('certificate')
  readonly REDIS_TLS_CERT_FILE?: string;

  @Expose()
  @IsOptional()
  @IsPemFile('private key')
  readonly REDIS_TLS_KEY_FILE?: string;
  /** What all keys in Redis begin with; each installation that shares a Redis has its own. */
  @Fallback('grant')
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$/, {
    message: '$property must be up to 63 letters, digits, dots, colons, hyphens and underscores',
  })
  readonly REDIS_KEY_PREFIX: string;

  /** A Redis of the queue's own; without one it is REDIS_URL's. */
  @Expose()
  @IsOptional()
  @IsParsedBy(parseRedisUrl)
  readonly QUEUE_REDIS_URL?: string;

  /** How long the request path waits for one answer of Redis. */
  @Integer(800, 50, 60_000)
  readonly REDIS_TIMEOUT_MS: number;

  /** One or several, see `secretsIn`. */
  @Expose()
  @IsOptional()
  @AreSecrets(32)
  readonly JWT_SECRET?: string;

  @Expose()
  @IsOptional()
  @IsHttpUrl({ query: true })
  readonly JWT_JWKS_URL?: string;

  /** How old the keys from JWT_JWKS_URL become before they are asked for again, beside the requests. */
  @Integer(600_000, 100, 86_400_000)
  readonly JWT_JWKS_REFRESH_MS: number;

  /** How old they may become while they can't be had again; older ones check no token any more. */
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

  /** Which claim of a token is the user's id. */
  @Fallback('sub')
  @IsString()
  readonly JWT_USER_CLAIM: string;

  /** How far the clock of who issues tokens may be from ours. */
  @Integer(5, 0, 300)
  readonly JWT_LEEWAY_SECONDS: number;

  /** Whether a token that never ends is refused. */
  @Switch({ inProduction: true, elsewhere: false })
  readonly JWT_REQUIRE_EXP: boolean;

  /** Who moves the money: the ledger in our own Postgres, or a provider across a network (docs/payout-provider.md). */
  @Fallback('ledger')
  @IsIn(['ledger', 'http'])
  readonly PAYOUT_PROVIDER: 'ledger' | 'http';

  @ValidateIf(paysByHttp)
  @Expose()
  @IsHttpUrl({ query: false })
  readonly PAYOUT_HTTP_URL?: string;

  /** One or several, see `secretsIn`. */
  @ValidateIf(paysByHttp)
  @Expose()
  @AreSecrets(16, (secret) =>
    HEADER_TEXT.test(secret) ? undefined : 'must be letters, digits and signs of ASCII',
  )
  readonly PAYOUT_HTTP_SECRET?: string;

  /** Sign what the provider tells by itself, see `secretsIn` and `webhookKey`; without one nothing it tells is believed. */
  @Expose()
  @IsOptional()
  @AreSecrets(16, complaintAboutWebhookSecret)
  readonly PAYOUT_WEBHOOK_SECRET?: string;

  /** Whether keys may be fetched, and payouts ordered, over a network without TLS. */
  @Switch({ inProduction: false, elsewhere: true })
  readonly ALLOW_PLAIN_HTTP: boolean;

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

  /** So long before that nothing is sent again under it: more than any step of a clock that is borne (2 h). */
  @Integer(10_800_000, 0, 31_536_000_000)
  readonly PAYOUT_KEY_MARGIN_MS: number;

  /** What is still in doubt so long after its first request is held for an operator. */
  @Integer(172_800_000, 100, 31_536_000_000)
  readonly PAYOUT_HOLD_AFTER_MS: number;

  /** The first pause before what is in doubt is looked up; doubles each time, with jitter. */
  @Integer(1_000, 1, 3_600_000)
  readonly PAYOUT_RETRY_MS: number;

  @Integer(300_000, 1, 86_400_000)
  readonly PAYOUT_RETRY_MAX_MS: number;

  /** The largest budget of one campaign (capacity x amount), in minor units of its currency. Not set: no limit. */
  @Expose()
  @IsOptional()
  @Matches(MINOR_UNITS, { message: '$property must be an integer of minor units' })
  readonly CAMPAIGN_BUDGET_MAX?: string;

  /** How far below zero budgets may take the treasury of a currency, in its minor units. Not set: as far as they like. */
  @Expose()
  @IsOptional()
  @Matches(MINOR_UNITS, { message: '$property must be an integer of minor units' })
  readonly TREASURY_OVERDRAFT_MAX?: string;

  /** How many people it takes to declare a payout SETTLED or REJECTED. Sending one again always takes two. */
  @Integer(1, 1, 2)
  readonly PAYOUT_DECISION_APPROVALS: number;

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

  /** A campaign in which nothing has been under way for so long is finished (R29): its gate goes, its budget returns. */
  @Integer(3_600_000, 0, 31_536_000_000)
  readonly FINISH_AFTER_MS: number;

  /** With reversalPolicy regrant: for so long after the last payout a slot may still come back to the line. */
  @Integer(2_592_000_000, 0, 31_536_000_000)
  readonly REVERSAL_WINDOW_MS: number;

  /** How many claims at most share one script call and one INSERT. */
  @Integer(500, 1, 2_000)
  readonly CLAIM_BATCH_SIZE: number;

  /** Claims that one instance holds at once, and status reads; no campaign may hold more than there is room left for others. */
  @Integer(20_000, 1, 1_000_000)
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

  /** How long a connection on which nothing is asked stays open. */
  @Integer(65_000, 1_000, 3_600_000)
  readonly KEEP_ALIVE_TIMEOUT_MS: number;

  /** Connections that one instance has at once; whoever comes then is closed at once. */
  @Integer(20_000, 1, 1_000_000)
  readonly MAX_CONNECTIONS: number;

  /** Whether `/docs` and `/openapi.json` are served. */
  @Switch({ inProduction: false, elsewhere: true })
  readonly DOCS: boolean;

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
