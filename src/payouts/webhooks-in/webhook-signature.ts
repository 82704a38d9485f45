import { createHmac, timingSafeEqual } from 'node:crypto';
import { secretsIn } from '../../platform/config/secret-list.js';
import { webhookKey } from '../../platform/config/webhook-key.js';

/** The headers of a webhook, as Standard Webhooks names them: https://github.com/standard-webhooks/standard-webhooks */
export interface WebhookHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

/** A webhook with a valid signature. */
export interface SignedWebhook {
  readonly id: string;
  /** When it was sent, in seconds since 1970, by the sender's clock. */
  readonly timestamp: number;
}

const VERSION = 'v1,';
const ID = /^[\x21-\x7e]{1,200}$/;
const SECONDS = /^\d{1,12}$/;

/**
 * Null unless one of the signatures matches id, time and body, byte for byte. The caller must still compare the time
 * with a clock that all instances share.
 * @param secrets as in PAYOUT_WEBHOOK_SECRET; a signature by any of them is valid
 */
export function verifyWebhook(
  secrets: string,
  { id, timestamp, signature }: WebhookHeaders,
  rawBody: Buffer,
): SignedWebhook | null {
  if (id === undefined || !ID.test(id) || timestamp === undefined || !SECONDS.test(timestamp)) return null;
  const expected = secretsIn(secrets).map((secret) =>
    createHmac('sha256', webhookKey(secret)).update(`${id}.${timestamp}.`).update(rawBody).digest(),
  );
  const fits = (signature ?? '').split(' ').some((one) => {
    if (!one.startsWith(VERSION)) return false;
    const given = Buffer.from(one.slice(VERSION.length), 'base64');
    return expected.some((right) => given.length === right.length && timingSafeEqual(given, right));
  });
  return fits ? { id, timestamp: Number(timestamp) } : null;
}
