import { createHmac } from 'node:crypto';
import type { Transfer } from './transfer.js';

export interface WebhookEvent {
  /** `evt_000001`: unique, and the same for every attempt. */
  readonly id: string;
  /** `transfer.settled`, `transfer.rejected` or `transfer.reversed`. */
  readonly type: string;
  readonly transfer: Transfer;
}

/** The body that is sent for an event: always the same bytes. */
export function bodyOf({ type, transfer }: WebhookEvent): string {
  return JSON.stringify({ type, transfer });
}

/** As in Standard Webhooks: after `whsec_` the key is in base64. Any other secret is used as its own bytes. */
function signingKey(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
}

/** The headers of Standard Webhooks, signed with the current time. */
export function signedHeaders(id: string, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', signingKey(secret))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
