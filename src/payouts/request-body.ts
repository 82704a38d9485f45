/** SQL: what is sent for a grant `g` of a campaign `c`. Written down when its payout is begun, and sent from there for ever after. */
export const REQUEST_BODY = `format('{"campaignId":"%s","userId":"%s","amount":%s,"currency":"%s"}', c.id, g.user_id, c.amount, c.currency)`;
