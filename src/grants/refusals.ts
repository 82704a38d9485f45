import { unknownCampaign } from '../platform/problems/unknown-campaign.js';
import { Problem } from '../platform/problems/problem.js';
import type { ClaimOutcome } from './claims/claim-outcome.js';

/** The longest Retry-After of a campaign that is not open yet, in seconds. */
const LONGEST_RETRY_SECONDS = 3_600;

const NONE_EVER = 'Every place is taken, and none becomes free any more: asking again does not help.';

/** Most of a rush gets these answers, so they are created once. */
const SOLD_OUT = soldOut({ members: { final: false } });
const SOLD_OUT_FOR_GOOD = soldOut({ detail: NONE_EVER, members: { final: true } });
/** A pause is ended by a person: nobody needs to know within a second. */
const PAUSED = new Problem(409, 'paused', 'Paused', { retryAfter: { from: 20, to: 40 } });
const CLOSED = new Problem(410, 'closed', 'Closed');
const NOT_ELIGIBLE = new Problem(403, 'not-eligible');

/** RFC 7240: the client asked for a receipt, and got one. */
export const RECEIPT_GIVEN = { 'Preference-Applied': 'receipt' };

/**
 * The answer to a claim that got neither a slot nor a place in the line.
 * @param now ms since 1970 by the gate's clock; null when it is not known
 * @param receipt the note that the campaign was sold out, for a client that asked for it
 */
export function refusal(
  outcome: Exclude<ClaimOutcome, { kind: 'claimed' }>,
  now: number | null,
  receipt?: string,
): Problem {
  switch (outcome.kind) {
    case 'sold-out':
      if (receipt !== undefined) return soldOutWith(receipt, outcome.isFinal);
      return outcome.isFinal ? SOLD_OUT_FOR_GOOD : SOLD_OUT;
    case 'not-open':
      return new Problem(409, 'not-open', 'Not open yet', {
        members: { opensAt: outcome.opensAt.toISOString() },
        headers: now === null ? {} : { 'Retry-After': String(secondsFrom(now, outcome.opensAt)) },
      });
    case 'paused':
      return PAUSED;
    case 'closed':
      return CLOSED;
    case 'not-eligible':
      return NOT_ELIGIBLE;
    case 'unknown-campaign':
      return unknownCampaign();
  }
}

function soldOutWith(receipt: string, final: boolean): Problem {
  return soldOut({
    ...(final ? { detail: NONE_EVER } : {}),
    members: { final, receipt },
    headers: RECEIPT_GIVEN,
  });
}

function soldOut(details: ConstructorParameters<typeof Problem>[3]): Problem {
  return new Problem(409, 'sold-out', 'Sold out', details);
}

/** A hint for clients only: the gate decides whether a campaign is open. */
function secondsFrom(now: number, time: Date): number {
  const seconds = Math.ceil((time.getTime() - now) / 1_000);
  return Math.min(Math.max(seconds, 1), LONGEST_RETRY_SECONDS);
}
