import { Expose } from 'class-transformer';
import { IsOptional } from 'class-validator';
import { addressRanges } from '../address-ranges.js';
import { IsParsedBy } from '../is-parsed-by.js';
import { Integer } from '../variables.js';

/** Webhooks that we send (docs/webhooks.md). */
export class WebhookSettings {
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
}
