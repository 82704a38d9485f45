import { unknownCampaign } from '../platform/problems/unknown-campaign.js';
import { Problem } from '../platform/problems/problem.js';
import type { ClaimOutcome } from './claims/claim-outcome.js';

/** The longest that a client is told to wait before it asks about an opening again, in seconds. */
const LONGEST_RETRY_SECONDS = 3_600;

/** Told to most of a rush, so they are made once. */
const SOLD_OUT = new Problem(409, 'sold-out', 'Sold out');
const PAUSED = new Problem(409, 'paused', 'Paused');
const CLOSED = new Problem(410, 'closed', 'Closed');

/** What somebody is answered who got neither a slot nor a place in the line. */
export function refusal(outcome: Exclude<ClaimOutcome, { kind: 'claimed' }>): Problem {
  switch (outcome.kind) {
    case 'sold-out':
      return SOLD_OUT;
    case 'not-open':
      return new Problem(409, 'not-open', 'Not open yet', {
        members: { opensAt: outcome.opensAt.toISOString() },
        headers: { 'Retry-After': String(secondsUntil(outcome.opensAt)) },
      });
    case 'paused':
      return PAUSED;
    case 'closed':
      return CLOSED;
    case 'unknown-campaign':
      return unknownCampaign();
  }
}

/** A hint for clients only; whether it is open is judged by the gate's clock. */
function secondsUntil(time: Date): number {
  const seconds = Math.ceil((time.getTime() - Date.now()) / 1_000);
  return Math.min(Math.max(seconds, 1), LONGEST_RETRY_SECONDS);
}
