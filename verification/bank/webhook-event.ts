import { createHmac } from 'node:crypto';
import type { Transfer } from './transfer.js';

export interface WebhookEvent {
  /** `evt_000001`: the same at every attempt, and no other event's. */
  readonly id: string;
  /** `transfer.settled`, `transfer.rejected` or `transfer.reversed`. */
  readonly type: string;
  readonly transfer: Transfer;
}

/** What is sent for an event: always the same bytes. */
export function bodyOf({ type, transfer }: WebhookEvent): string {
  return JSON.stringify({ type, transfer });
}

/** As Standard Webhooks has it: behind `whsec_` the key's bytes are in base64; any other secret is its own bytes. */
function signingKey(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
}

/** The headers of Standard Webhooks, signed as of now. */
export function signedHeaders(id: string, body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', signingKey(secret))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
