import type { Outcome, ToldPlace } from './generator-messages.js';

/** What one HTTP answer to a claim means. */
export type Meaning =
  | { readonly kind: 'definite'; readonly outcome: Outcome; readonly place: ToldPlace | null }
  /** Asking again is safe and may help. */
  | { readonly kind: 'retry'; readonly reason: 'unavailable' | 'tooManyRequests' | 'serverError' }
  | { readonly kind: 'unexpected' };

const grantStatuses: unknown[] = ['PENDING', 'SUCCESS', 'FAILED'];

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(body);
    return typeof document === 'object' && document !== null ? { ...document } : undefined;
  } catch {
    return undefined;
  }
}

function isPlaceNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function readPlace(body: string, campaignId: string, userId: string): Meaning {
  const view = parse(body);
  if (view?.campaignId !== campaignId || view.userId !== userId) return { kind: 'unexpected' };
  const { status, grantSeq, arrivalNo, createdAt } = view;
  const waits = status === 'WAITING';
  const isWhole =
    typeof status === 'string' &&
    (waits ? grantSeq === null : grantStatuses.includes(status) && isPlaceNumber(grantSeq)) &&
    isPlaceNumber(arrivalNo) &&
    typeof createdAt === 'string';
  if (!isWhole) return { kind: 'unexpected' };
  const place = { status, grantSeq: isPlaceNumber(grantSeq) ? grantSeq : null, arrivalNo, createdAt };
  return { kind: 'definite', outcome: waits ? 'waiting' : 'accepted', place };
}

/** Reads the answer to a claim of this user; what does not fit the API's contract is unexpected. */
export function readClaimAnswer(status: number, body: string, campaignId: string, userId: string): Meaning {
  if (status === 202 || status === 200) return readPlace(body, campaignId, userId);
  if (status === 409 && parse(body)?.code === 'sold-out') {
    return { kind: 'definite', outcome: 'soldOut', place: null };
  }
  if (status === 503) return { kind: 'retry', reason: 'unavailable' };
  if (status === 429) return { kind: 'retry', reason: 'tooManyRequests' };
  if (status >= 500) return { kind: 'retry', reason: 'serverError' };
  return { kind: 'unexpected' };
}
