import { notStopped } from './payout-stops.js';

/** SQL: the grant is to be paid and its payout has not been begun. In the order of arrival_no there is an index of just these. */
export function isToBegin(grant: string): string {
  return `${grant}.status = 'PENDING' AND ${grant}.begun_at IS NULL`;
}

/** SQL: the payout was begun, has no outcome, and says from when on it is due. */
export function isOpen(payout: string): string {
  return `${payout}.state IN ('DUE', 'SENDING', 'IN_DOUBT')`;
}

/** SQL: the payout was begun, has no outcome, and somebody may see to it now. */
export function isDue(payout: string): string {
  return `${isOpen(payout)} AND ${dueFrom(payout)} <= now()`;
}

/** SQL: from when on a payout that was begun is due; there is an index in this order. */
export function dueFrom(payout: string): string {
  return `COALESCE(${payout}.due_at, ${payout}.leased_until)`;
}

/** SQL: whether the campaign has anything to pay now (R21, R24). Costs a few look-ups, however much there is. */
export function hasDuePayouts(campaignId: string): string {
  return `${notStopped(campaignId)} AND (EXISTS (SELECT FROM user_grants fresh WHERE fresh.campaign_id = ${campaignId} AND ${isToBegin('fresh')})
        OR EXISTS (SELECT FROM payouts begun WHERE begun.campaign_id = ${campaignId} AND ${isDue('begun')}))`;
}
