/**
 * SQL: the request body for a grant `g` of a campaign `c`. It is stored when the payout is begun; every request sends
 * the stored text.
 */
export const REQUEST_BODY = `format('{"campaignId":"%s","userId":"%s","amount":%s,"currency":"%s"}', c.id, g.user_id, c.amount, c.currency)`;
