import type { ProviderAnswer, ProviderRequest } from '../payout-port.js';
import type { AnswerHeaders, HttpAnswer } from './provider-call.js';

const REJECTED_STATUS = 422;
/** The provider does not authenticate us, or does not let us ask: it has looked at nothing else. */
export const REFUSED_STATUSES: readonly number[] = [401, 403];
const SHORT_WORD = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Text that Postgres can store and an operator can read. */
const REFERENCE = /^\P{Cc}{1,200}$/u;
const KEY = /^\P{Cc}{1,300}$/u;
const DEFAULT_RETRY_AFTER_MS = 1_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Reads a provider's answer to `request`, as docs/payout-provider.md defines it. Only a transfer that repeats our key,
 * user, amount and currency is definite; anything else is doubt (P7).
 */
export function readTransferAnswer(request: ProviderRequest, answer: HttpAnswer): ProviderAnswer {
  const { status } = answer;
  if (status === 429) return { kind: 'not-now', retryAfterMs: retryAfterMs(answer.headers) };
  if (REFUSED_STATUSES.includes(status)) return { kind: 'refused', why: `status-${status}` };
  if (status !== 200 && status !== 201 && status !== REJECTED_STATUS)
    return { kind: 'in-doubt', why: `status-${status}` };

  const transfer = readTransfer(answer.body);
  if (!transfer) return { kind: 'in-doubt', why: 'unreadable' };
  const why = mismatch(request, transfer);
  if (why !== null) return { kind: 'in-doubt', why };
  return toAnswer(transfer, status);
}

/**
 * Like `readTransferAnswer`, for an answer to a look-up: 404 says that the provider does not know the key, or not yet.
 */
export function readLookUpAnswer(request: ProviderRequest, answer: HttpAnswer): ProviderAnswer {
  return answer.status === 404 ? { kind: 'not-found' } : readTransferAnswer(request, answer);
}

/** A transfer as a provider reports it; not to be trusted before it was compared. */
export interface Transfer {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: string;
  readonly reason: string | null;
}

/** Null when the text is no transfer. */
export function readTransfer(text: string): Transfer | null {
  try {
    const value: unknown = JSON.parse(text);
    return isTransfer(value) ? value : null;
  } catch {
    return null;
  }
}

export function isTransfer(value: unknown): value is Transfer {
  if (typeof value !== 'object' || value === null) return false;
  const { id, idempotencyKey, campaignId, userId, amount, currency, state, reason } = value as Record<
    string,
    unknown
  >;
  return (
    [id, idempotencyKey, campaignId, userId, currency, state].every((text) => typeof text === 'string') &&
    REFERENCE.test(id as string) &&
    KEY.test(idempotencyKey as string) &&
    Number.isSafeInteger(amount) &&
    (reason === undefined || reason === null || typeof reason === 'string')
  );
}

/** A short word for what the transfer does not repeat of the request; null when it repeats everything. */
export function mismatch({ idempotencyKey, body }: ProviderRequest, transfer: Transfer): string | null {
  if (transfer.idempotencyKey !== idempotencyKey) return 'other-key';
  const sent = JSON.parse(body) as Pick<Transfer, 'campaignId' | 'userId' | 'amount' | 'currency'>;
  if (transfer.amount !== sent.amount || transfer.currency !== sent.currency) return 'other-amount';
  if (transfer.userId !== sent.userId || transfer.campaignId !== sent.campaignId) return 'other-user';
  return null;
}

/** A provider's reason for a rejection, made fit to be stored and shown. */
export function rejectionReason(reason: string | null | undefined): string {
  return reason && SHORT_WORD.test(reason) ? reason : 'unspecified';
}

function toAnswer({ id, state, reason }: Transfer, status: number): ProviderAnswer {
  // A status that rejects with a body that does not is no answer.
  if (state === 'rejected')
    return { kind: 'rejected', providerReference: id, reason: rejectionReason(reason) };
  if (status === REJECTED_STATUS) return { kind: 'in-doubt', why: 'other-state' };
  if (state === 'settled' || state === 'reversed') return { kind: state, providerReference: id };
  return { kind: 'in-doubt', why: state === 'pending' ? 'pending' : 'other-state' };
}

/**
 * `Retry-After` (seconds or a date, RFC 9110, 10.2.3) in ms, within bounds. A date is read by the answer's own clock.
 */
export function retryAfterMs(headers: AnswerHeaders): number {
  const after = String(headers['retry-after'] ?? '').trim();
  const answeredAt = Date.parse(String(headers.date)) || Date.now();
  const ms = /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - answeredAt;
  if (!(ms > 0)) return DEFAULT_RETRY_AFTER_MS;
  return Math.min(ms, LONGEST_RETRY_AFTER_MS);
}
