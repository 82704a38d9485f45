import { unknownCampaign } from '../platform/problems/unknown-campaign.js';
import { Problem } from '../platform/problems/problem.js';
import type { ClaimOutcome } from './claims/claim-outcome.js';

/** The longest Retry-After of a campaign that is not open yet, in seconds. */
const LONGEST_RETRY_SECONDS = 3_600;

/** Most of a rush gets these answers, so they are created once. */
const SOLD_OUT = new Problem(409, 'sold-out', 'Sold out');
const PAUSED = new Problem(409, 'paused', 'Paused');
const CLOSED = new Problem(410, 'closed', 'Closed');

/** The answer to a claim that got neither a slot nor a place in the line. */
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

/** A hint for clients only: the clock of the gate decides whether a campaign is open. */
function secondsUntil(time: Date): number {
  const seconds = Math.ceil((time.getTime() - Date.now()) / 1_000);
  return Math.min(Math.max(seconds, 1), LONGEST_RETRY_SECONDS);
}
