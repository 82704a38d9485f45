import { Expose } from 'class-transformer';
import { IsOptional, IsString, Matches } from 'class-validator';
import { IsParsedBy } from '../is-parsed-by.js';
import { stampUrls } from '../stamp-urls.js';
import { Integer } from '../variables.js';

/** Ed25519 keys of C2SP signed-note, in the text form of Go's note package. */
const SIGNER_KEY = /^PRIVATE\+KEY\+[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;
const VERIFIER_KEY = /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;
const SIGNER_KEY_MESSAGE = '$property must be a key that `npm run new-log-key` prints: PRIVATE+KEY+…';
const VERIFIER_KEY_MESSAGE = '$property must be a verifier key that `npm run new-log-key` prints';

/** `<verifier key> <URL>`, several separated by commas. */
const WITNESSES =
  /^ *[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44} +https?:\/\/[^\s,]+ *(, *[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44} +https?:\/\/[^\s,]+ *)*$/;

/** The log that anybody can check (docs/transparency.md). */
export class TransparencySettings {
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
}
