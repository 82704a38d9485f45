/** SQL: the wallet is closed, so nobody may pay into it. @param userId and @param currency are SQL expressions */
export const isWalletClosed = (userId: string, currency: string): string => `
  EXISTS (SELECT FROM ledger_accounts wallet WHERE wallet.kind = 'WALLET' AND wallet.user_id = ${userId}
                                               AND wallet.currency = ${currency} AND wallet.closed_at IS NOT NULL)`;
