import type { ClaimRow } from '../../changes/claim-rows.js';
import type { Prizes } from './prizes.js';
import { type Event, grantEvent } from './event.js';

/** What people are told of their claims. */
export function claimEvents(claims: readonly ClaimRow[], prizes: Prizes): Event[] {
  return claims.map(({ campaignId, userId, arrivalNo, slot, createdAtMs }) => {
    const place = { campaignId, userId, arrivalNo };
    return slot === null
      ? grantEvent('grant.waiting', place, createdAtMs, {})
      : grantEvent('grant.granted', place, createdAtMs, { slot, ...prizes.get(campaignId) });
  });
}
