import { readToldPlace, type ToldPlace } from '../checker/answer.js';
import { parseObject } from '../checker/json-lines.js';
import type { Outcome } from './generator-messages.js';

/** The meaning of an HTTP answer to a claim. */
export type Meaning =
  | { readonly kind: 'definite'; readonly outcome: Outcome; readonly place: ToldPlace | null }
  /** A retry is safe and may help. */
  | { readonly kind: 'retry'; readonly reason: 'unavailable' | 'tooManyRequests' | 'serverError' }
  | { readonly kind: 'unexpected' };

function readPlace(body: string, campaignId: string, userId: string): Meaning {
  const place = readToldPlace(parseObject(body), campaignId, userId);
  if (!place || place.status === 'LEFT') return { kind: 'unexpected' }; // nobody leaves in a rush
  // Whoever asks again may hear that the line has ended: every slot may be paid while others still ask.
  return { kind: 'definite', outcome: place.grantSeq === null ? 'waiting' : 'accepted', place };
}

/** Interprets the answer to this user's claim. Anything outside the API's contract is unexpected. */
export function readClaimAnswer(status: number, body: string, campaignId: string, userId: string): Meaning {
  if (status === 202 || status === 200) return readPlace(body, campaignId, userId);
  if (status === 409 && parseObject(body)?.code === 'sold-out') {
    return { kind: 'definite', outcome: 'soldOut', place: null };
  }
  if (status === 503) return { kind: 'retry', reason: 'unavailable' };
  if (status === 429) return { kind: 'retry', reason: 'tooManyRequests' };
  if (status >= 500) return { kind: 'retry', reason: 'serverError' };
  return { kind: 'unexpected' };
}
