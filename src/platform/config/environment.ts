import { Expose, Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { addressRanges } from './address-ranges.js';
import { corsOrigins } from './cors-origins.js';
import { databaseHosts } from './database-hosts.js';
import { IsHttpUrl } from './is-http-url.js';
import { IsParsedBy } from './is-parsed-by.js';
import { IsPemFile } from './is-pem-file.js';
import { publicOrigin } from './public-origin.js';
import { parseRedisUrl } from './redis-address.js';
import { scopesByClaim } from './scopes-by-claim.js';
import { AreSecrets } from './secret-list.js';
import { stampUrls } from './stamp-urls.js';
import { tokenIssuers } from './token-issuers.js';
import { trustedProxies } from './trusted-proxies.js';
import { Fallback, Integer, Switch } from './variables.js';
import { complaintAboutWebhookSecret } from './webhook-key.js';

export const ROLES = ['api', 'worker', 'all'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What a failpoint does when it is reached: kill the process (SIGKILL), freeze it (SIGSTOP), or throw. */
export const FAILPOINT_ACTIONS = ['kill', 'stop', 'error'] as const;
export type FailpointAction = (typeof FAILPOINT_ACTIONS)[number];

const FAILPOINT = `[a-z-]+\\.[a-z-]+:(${FAILPOINT_ACTIONS.join('|')})(@[1-9]\\d{0,5})?`;
const FAILPOINT_LIST = new RegExp(`^${FAILPOINT}(,${FAILPOINT})*$`);

/** At most 18 digits, which always fit a Postgres BIGINT. */
const MINOR_UNITS = /^(0|[1-9]\d{0,17})$/;

/** `name=value`, several separated by commas; values are percent-encoded (OpenTelemetry's form). */
const HEADER_LIST = /^[\w.-]+=[\x21-\x2b\x2d-\x7e]*(,[\w.-]+=[\x21-\x2b\x2d-\x7e]*)*$/;

/** Characters that a header can hold: with a line break after the secret, no call could be sent. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;

/** Ed25519 keys of C2SP signed-note, in the text form of Go's note package. */
const SIGNER_KEY = /^PRIVATE\+KEY\+[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;
const VERIFIER_KEY = /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;
const SIGNER_KEY_MESSAGE = '$property must be a key that `npm run new-log-key` prints: PRIVATE+KEY+…';
const VERIFIER_KEY_MESSAGE = '$property must be a verifier key that `npm run new-log-key` prints';

/** `<verifier key> <URL>`, several separated by commas. */
const WITNESSES =
  /^ *[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44} +https?:\/\/[^\s,]+ *(, *[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44} +https?:\/\/[^\s,]+ *)*$/;

/** Names of scopes (RFC 6749, 3.3), `openid` among them: without it a provider sends no ID token. */
const OPENID_SCOPES = /^(?=(.* )?openid( |$))[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

export const PAYOUT_PROVIDERS = ['ledger', 'http'] as const;

/** Who makes the payouts of a campaign: the ledger in our own Postgres, or a provider across a network. */
export type PayoutProvider = (typeof PAYOUT_PROVIDERS)[number];

/** Whether the provider's settings are read: it is the default, or one of them is given. */
const namesProvider = ({ PAYOUT_PROVIDER, PAYOUT_HTTP_URL, PAYOUT_HTTP_SECRET }: Environment): boolean =>
  PAYOUT_PROVIDER === 'http' || (PAYOUT_HTTP_URL ?? PAYOUT_HTTP_SECRET) !== undefined;

/** Whether this instance can pay through a provider. */
export const isProviderConfigured = ({ PAYOUT_HTTP_URL }: Environment): boolean =>
  PAYOUT_HTTP_URL !== undefined;

/**
 * All settings, read once from the environment of the process. `.env.example` explains each variable; the properties
 * have the names of the variables. Times are in ms, sizes in bytes.
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

  @Expose()
  @IsParsedBy(databaseHosts)
  readonly DATABASE_URL: string;

  @Integer(10, 3, 1_000)
  readonly DATABASE_POOL_SIZE: number;

  /** Connections for status reads, public pages, operators' reports and metrics, in addition to DATABASE_POOL_SIZE. */
  @Integer(4, 1, 1_000)
  readonly DATABASE_READ_POOL_SIZE: number;

  /** How long one SQL statement may run. */
  @Integer(10_000, 50, 600_000)
  readonly DATABASE_TIMEOUT_MS: number;

  @Expose()
  @IsParsedBy(parseRedisUrl)
  readonly REDIS_URL: string;

  /** The authority that signs the certificates of rediss:// servers, instead of those that Node.js trusts. */
  @Expose()
  @IsOptional()
  @IsPemFile('certificate')
  readonly REDIS_TLS_CA_FILE?: string;

  /** Our client certificate, for servers that require one, and its key. */
  @Expose()
  @IsOptional()
  @IsPemFile('certificate')
  readonly REDIS_TLS_CERT_FILE?: string;

  @Expose()
  @IsOptional()
  @IsPemFile('private key')
  readonly REDIS_TLS_KEY_FILE?: string;

  /** The prefix of all keys in Redis; each installation that shares a Redis has its own. */
  @Fallback('grant')
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$/, {
    message: '$property must be up to 63 letters, digits, dots, colons, hyphens and underscores',
  })
  readonly REDIS_KEY_PREFIX: string;

  /** A separate Redis for the queue. Not set: REDIS_URL. */
  @Expose()
  @IsOptional()
  @IsParsedBy(parseRedisUrl)
  readonly QUEUE_REDIS_URL?: string;

  /** How long the request path waits for one reply from Redis. */
  @Integer(800, 50, 60_000)
  readonly REDIS_TIMEOUT_MS: number;

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

  /** The origin under which browsers reach this installation: scheme, host and port. Logins come back to it. */
  @Expose()
  @IsOptional()
  @IsParsedBy(publicOrigin)
  readonly PUBLIC_ORIGIN?: string;

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

  @ValidateIf(({ LOGIN_OIDC_ISSUER }: Environment) => LOGIN_OIDC_ISSUER !== undefined)
  @Expose()
  @IsString()
  readonly LOGIN_OIDC_CLIENT_ID?: string;

  @ValidateIf(({ LOGIN_OIDC_ISSUER }: Environment) => LOGIN_OIDC_ISSUER !== undefined)
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

  @ValidateIf(({ CONSOLE_OIDC_ISSUER }: Environment) => CONSOLE_OIDC_ISSUER !== undefined)
  @Expose()
  @IsString()
  readonly CONSOLE_OIDC_CLIENT_ID?: string;

  @ValidateIf(({ CONSOLE_OIDC_ISSUER }: Environment) => CONSOLE_OIDC_ISSUER !== undefined)
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

  /** Who pays campaigns that are created without naming it (docs/payout-provider.md). */
  @Fallback('ledger')
  @IsIn(PAYOUT_PROVIDERS)
  readonly PAYOUT_PROVIDER: PayoutProvider;

  @ValidateIf(namesProvider)
  @Expose()
  @IsHttpUrl({ query: false })
  readonly PAYOUT_HTTP_URL?: string;

  /** One or several secrets, see `secretsIn`. */
  @ValidateIf(namesProvider)
  @Expose()
  @AreSecrets(16, (secret) =>
    HEADER_TEXT.test(secret) ? undefined : 'must contain printable ASCII characters only',
  )
  readonly PAYOUT_HTTP_SECRET?: string;

  /** Secrets that sign the provider's webhooks, see `secretsIn` and `webhookKey`. Not set: no webhook is accepted. */
  @Expose()
  @IsOptional()
  @AreSecrets(16, complaintAboutWebhookSecret)
  readonly PAYOUT_WEBHOOK_SECRET?: string;

  /** Whether keys may be fetched, and payouts requested, over a network without TLS. */
  @Switch({ inProduction: false, elsewhere: true })
  readonly ALLOW_PLAIN_HTTP: boolean;

  /** How far a webhook's timestamp may differ from Postgres' clock. */
  @Integer(300_000, 1_000, 86_400_000)
  readonly PAYOUT_WEBHOOK_TOLERANCE_MS: number;

  /**
   * How long a webhook that changed nothing is kept. For longer than any signature is good, so that it is taken once.
   */
  @Integer(2_592_000_000, 172_800_000, 31_536_000_000)
  readonly PAYOUT_EVENTS_KEPT_MS: number;

  /** The time limit of one call, from its start to the last byte of the answer. */
  @Integer(5_000, 50, 120_000)
  readonly PAYOUT_HTTP_TIMEOUT_MS: number;

  @Integer(65_536, 256, 16_777_216)
  readonly PAYOUT_HTTP_RESPONSE_LIMIT_BYTES: number;

  /** Calls per second, all workers together. 0: without a limit. */
  @Integer(50, 0, 100_000)
  readonly PAYOUT_HTTP_RATE: number;

  /** Calls in flight at once in one worker. */
  @Integer(16, 1, 1_000)
  readonly PAYOUT_HTTP_CONCURRENCY: number;

  /** After this many consecutive calls without an answer, the provider is not called for PAYOUT_HTTP_BREAKER_MS. */
  @Integer(20, 1, 100_000)
  readonly PAYOUT_HTTP_BREAKER_AFTER: number;

  @Integer(5_000, 10, 600_000)
  readonly PAYOUT_HTTP_BREAKER_MS: number;

  /** How long the provider remembers a key, counted from its first request. */
  @Integer(86_400_000, 1_000, 31_536_000_000)
  readonly PAYOUT_KEY_MEMORY_MS: number;

  /** How long before that resending under the key stops: more than the largest clock step that is tolerated (2 h). */
  @Integer(10_800_000, 0, 31_536_000_000)
  readonly PAYOUT_KEY_MARGIN_MS: number;

  /** A payout still in doubt this long after its first request is HELD for an operator. */
  @Integer(172_800_000, 100, 31_536_000_000)
  readonly PAYOUT_HOLD_AFTER_MS: number;

  /** The first pause before a payout in doubt is looked up; it doubles each time, with jitter. */
  @Integer(1_000, 1, 3_600_000)
  readonly PAYOUT_RETRY_MS: number;

  @Integer(300_000, 1, 86_400_000)
  readonly PAYOUT_RETRY_MAX_MS: number;

  /** The largest budget of one campaign (capacity x amount), in minor units of its currency. Not set: no limit. */
  @Expose()
  @IsOptional()
  @Matches(MINOR_UNITS, { message: '$property must be an integer of minor units' })
  readonly CAMPAIGN_BUDGET_MAX?: string;

  /** How far below zero budgets may take the treasury of a currency, in its minor units. Not set: no limit. */
  @Expose()
  @IsOptional()
  @Matches(MINOR_UNITS, { message: '$property must be an integer of minor units' })
  readonly TREASURY_OVERDRAFT_MAX?: string;

  /** How many people must agree to declare a payout SETTLED or REJECTED. Sending one again always takes two. */
  @Integer(1, 1, 2)
  readonly PAYOUT_DECISION_APPROVALS: number;

  @Integer(2, 1, 100)
  readonly WORKER_CONCURRENCY: number;

  /** How long a slot may stay in `processing` before the reaper looks at it. */
  @Integer(30_000, 100, 86_400_000)
  readonly SLOT_LEASE_MS: number;

  @Integer(5_000, 50, 3_600_000)
  readonly REAPER_INTERVAL_MS: number;

  /** How many leases, places or rows the reaper takes at once. */
  @Integer(500, 1, 5_000)
  readonly REAPER_BATCH_SIZE: number;

  /** A campaign is finished (R29) when nothing was under way for so long: its gate is removed, its budget returned. */
  @Integer(3_600_000, 0, 31_536_000_000)
  readonly FINISH_AFTER_MS: number;

  /** With reversalPolicy regrant: how long after the last payout a slot may still return to the line. */
  @Integer(2_592_000_000, 0, 31_536_000_000)
  readonly REVERSAL_WINDOW_MS: number;

  /** How long the steps of a campaign's series are kept. */
  @Integer(2_592_000_000, 3_600_000, 315_360_000_000)
  readonly SERIES_KEPT_MS: number;

  /** Signs the checkpoints of the log (docs/transparency.md). Its name is the origin. Not set: there is no log. */
  @Expose()
  @IsOptional()
  @Matches(SIGNER_KEY, { message: SIGNER_KEY_MESSAGE })
  readonly TRANSPARENCY_KEY?: string;

  /** The verifier key of the log, for instances that publish it and do not sign. Not set: that of TRANSPARENCY_KEY. */
  @Expose()
  @IsOptional()
  @Matches(VERIFIER_KEY, { message: VERIFIER_KEY_MESSAGE })
  readonly TRANSPARENCY_VERIFIER?: string;

  /** Signs the promises that claims are answered with. Not set: none are given. */
  @Expose()
  @IsOptional()
  @Matches(SIGNER_KEY, { message: SIGNER_KEY_MESSAGE })
  readonly TRANSPARENCY_RECEIPT_KEY?: string;

  /** The verifier key of TRANSPARENCY_RECEIPT_KEY, which the log itself states. */
  @Expose()
  @IsOptional()
  @Matches(VERIFIER_KEY, { message: VERIFIER_KEY_MESSAGE })
  readonly TRANSPARENCY_RECEIPT_VERIFIER?: string;

  /** Where the last checkpoint is kept outside of Postgres; numbers are appended to this path. */
  @Expose()
  @IsOptional()
  @IsString()
  readonly TRANSPARENCY_CHECKPOINT_FILE?: string;

  /** Who cosigns checkpoints: `<verifier key> <URL>`, several separated by commas. */
  @Expose()
  @IsOptional()
  @Matches(WITNESSES, { message: '$property must be a list of “<verifier key> <URL>”, separated by commas' })
  readonly TRANSPARENCY_WITNESSES?: string;

  /** How many of them a checkpoint needs, as the published policy says. */
  @Integer(0, 0, 100)
  readonly TRANSPARENCY_QUORUM: number;

  /** Time-stamping authorities (RFC 3161) that stamp checkpoints: see `stampUrls`. Not set: none. */
  @Expose()
  @IsOptional()
  @IsParsedBy(stampUrls)
  readonly TRANSPARENCY_STAMP_URLS?: string;

  /** Between two stamps of one authority; one more comes when a campaign ends. */
  @Integer(3_600_000, 100, 2_592_000_000)
  readonly TRANSPARENCY_STAMP_INTERVAL_MS: number;

  /** Addresses besides those of the public internet that webhooks may go to, see `addressRanges`. Not set: none. */
  @Expose()
  @IsOptional()
  @IsParsedBy(addressRanges)
  readonly WEBHOOKS_ALLOWED_ADDRESSES?: string;

  /** The time limit of one webhook that we send, from its start to the last byte of the answer. */
  @Integer(10_000, 50, 60_000)
  readonly WEBHOOKS_TIMEOUT_MS: number;

  /** The first pause before a webhook that failed is sent again; it triples each time, up to 6 h, with jitter. */
  @Integer(5_000, 10, 3_600_000)
  readonly WEBHOOKS_RETRY_MS: number;

  /** An endpoint that accepts nothing for so long is switched off. */
  @Integer(259_200_000, 100, 2_592_000_000)
  readonly WEBHOOKS_GIVE_UP_MS: number;

  /** How long events are kept, delivered or not: as long they can be replayed. */
  @Integer(604_800_000, 60_000, 31_536_000_000)
  readonly WEBHOOKS_KEPT_MS: number;

  /** The maximum number of claims that share one script call and one INSERT. */
  @Integer(500, 1, 2_000)
  readonly CLAIM_BATCH_SIZE: number;

  /** Claims in flight in one instance, and status reads; no campaign may hold more than the room left for others. */
  @Integer(20_000, 1, 1_000_000)
  readonly CLAIMS_IN_FLIGHT_MAX: number;

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

  /** Whether `/docs` and `/openapi.json` are served. */
  @Switch({ inProduction: false, elsewhere: true })
  readonly DOCS: boolean;

  /** The maximum time from SIGTERM to the end of the process. */
  @Integer(10_000, 100, 600_000)
  readonly SHUTDOWN_DEADLINE_MS: number;

  /** How long readiness answers 503 before the listener closes, so that load balancers notice. */
  @Integer(0, 0, 60_000)
  readonly DRAIN_DELAY_MS: number;

  @Fallback('info')
  @IsIn(LOG_LEVELS)
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number];

  /** The collector of spans, without `/v1/traces`. Not set: tracing is off (docs/tracing.md). */
  @Expose()
  @IsOptional()
  @IsHttpUrl({ query: false })
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** Headers of exports, such as the collector's key. */
  @Expose()
  @IsOptional()
  @Matches(HEADER_LIST, { message: '$property must be a list of name=value, percent-encoded' })
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string;

  @Fallback('seonchak')
  @IsString()
  readonly OTEL_SERVICE_NAME: string;

  /** Which share of the traces is recorded, 0 to 1. */
  @Expose()
  @Transform(({ value }: { value: unknown }) => value ?? 1)
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly OTEL_TRACES_SAMPLER_ARG: number;

  /** Whether tracing is off although there is a collector. */
  @Switch({ inProduction: false, elsewhere: false })
  readonly OTEL_SDK_DISABLED: boolean;

  /** For tests only, see `failpoints/`: e.g. `gate.decided:kill,payout.concluded:error@3` (at the third reach). */
  @Expose()
  @IsOptional()
  @Matches(FAILPOINT_LIST, { message: '$property must be a list of name:kill|stop|error[@reach]' })
  readonly FAILPOINTS?: string;
}
