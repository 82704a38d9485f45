import { Expose } from 'class-transformer';
import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { IsHttpUrl } from '../is-http-url.js';
import { AreSecrets } from '../secret-list.js';
import { Fallback, Integer } from '../variables.js';
import { complaintAboutWebhookSecret } from '../webhook-key.js';

/** Characters that a header can hold: with a line break after the secret, no call could be sent. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;

export const PAYOUT_PROVIDERS = ['ledger', 'http'] as const;

/** Who makes the payouts of a campaign: the ledger in our own Postgres, or a provider across a network. */
export type PayoutProvider = (typeof PAYOUT_PROVIDERS)[number];

/** Whether the provider's settings are read: it is the default, or one of them is given. */
const namesProvider = ({ PAYOUT_PROVIDER, PAYOUT_HTTP_URL, PAYOUT_HTTP_SECRET }: PayoutSettings): boolean =>
  PAYOUT_PROVIDER === 'http' || (PAYOUT_HTTP_URL ?? PAYOUT_HTTP_SECRET) !== undefined;

/** Whether this instance can pay through a provider. */
export const isProviderConfigured = ({ PAYOUT_HTTP_URL }: PayoutSettings): boolean =>
  PAYOUT_HTTP_URL !== undefined;

/** Who pays, and how the provider is called (docs/payout-provider.md). */
export class PayoutSettings {
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

  /** How many people must agree to declare a payout SETTLED or REJECTED. Sending one again always takes two. */
  @Integer(1, 1, 2)
  readonly PAYOUT_DECISION_APPROVALS: number;
}
