/** Stands for all campaigns in place of a campaign's id. No slug equals it. */
export const ALL_CAMPAIGNS = '*';

/**
 * R24, as a condition in SQL: payouts of the campaign are not stopped. It belongs in every statement that takes a
 * payout, so that no statement that begins after a stop was committed takes one.
 * @param campaign an expression for the campaign's id, such as `$1`
 */
export const notStopped = (campaign: string): string =>
  `NOT EXISTS (SELECT FROM payout_stops WHERE payout_stops.campaign_id IN (${campaign}, '${ALL_CAMPAIGNS}'))`;

/**
 * As a condition in SQL: there is a stop for exactly this id.
 * @param campaign an expression for a campaign's id, or for ALL_CAMPAIGNS
 */
export const isStopped = (campaign: string): string =>
  `EXISTS (SELECT FROM payout_stops WHERE payout_stops.campaign_id = ${campaign})`;
