/** PENDING until the payout has ended; SUCCESS and FAILED are final. */
export type GrantStatus = 'PENDING' | 'SUCCESS' | 'FAILED';
