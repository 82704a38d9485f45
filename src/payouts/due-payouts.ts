import { notStopped } from './payout-stops.js';

/**
 * SQL: the grant is to be paid and its payout has not been begun. A partial index has exactly these, ordered by
 * arrival_no.
 */
export function isToBegin(grant: string): string {
  return `${grant}.status = 'PENDING' AND ${grant}.begun_at IS NULL`;
}

/** SQL: the payout was begun, has no outcome, and has a time from which it is due. */
export function isOpen(payout: string): string {
  return `${payout}.state IN ('DUE', 'SENDING', 'IN_DOUBT')`;
}

/** SQL: the payout was begun, has no outcome, and may be taken now. */
export function isDue(payout: string): string {
  return `${isOpen(payout)} AND ${dueFrom(payout)} <= now()`;
}

/** SQL: the time from which a payout that was begun is due. An index has this order. */
export function dueFrom(payout: string): string {
  return `COALESCE(${payout}.due_at, ${payout}.leased_until)`;
}

/** SQL: whether the campaign has anything to pay now (R21, R24). Costs a few look-ups, however much is due. */
export function hasDuePayouts(campaignId: string): string {
  return `${notStopped(campaignId)} AND (EXISTS (SELECT FROM user_grants fresh WHERE fresh.campaign_id = ${campaignId} AND ${isToBegin('fresh')})
        OR EXISTS (SELECT FROM payouts begun WHERE begun.campaign_id = ${campaignId} AND ${isDue('begun')}))`;
}
