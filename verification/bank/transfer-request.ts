import { createHash } from 'node:crypto';
import { Refusal } from './refusal.js';

/** A request for a transfer. */
export interface TransferRequest {
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
  /** Hash of the exact bytes of the body, in hex. */
  readonly bodySha256: string;
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= 200;

/** Whether the value is a valid key: 1 to 255 visible ASCII characters. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value);
}

/** @throws Refusal with status 400 */
export function readTransferRequest(idempotencyKey: unknown, body: Buffer): TransferRequest {
  if (!isKey(idempotencyKey)) throw new Refusal(400, 'invalid-key');
  const { campaignId, userId, amount, currency } = readObject(body);
  if (!isName(campaignId)) throw new Refusal(400, 'invalid-campaign');
  if (!isName(userId)) throw new Refusal(400, 'invalid-user');
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount <= 0) {
    throw new Refusal(400, 'invalid-amount');
  }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    throw new Refusal(400, 'invalid-currency');
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  return { idempotencyKey, campaignId, userId, amount, currency, bodySha256 };
}

/** @throws Refusal with status 400 if the body is not a JSON object */
export function readObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, 'invalid-json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(400, 'invalid-json');
  }
  return value as Record<string, unknown>;
}
