const DECIMAL = /^[1-9]\d{0,18}$/;
const LARGEST = 2n ** 63n - 1n;

/** A user id is a decimal in 1..2^63-1 without leading zeros: a BIGINT in Postgres, a string in every interface. */
export function isUserId(text: unknown): text is string {
  return typeof text === 'string' && DECIMAL.test(text) && BigInt(text) <= LARGEST;
}

/** The ids from here to 2^63-1 are those that are made here (`made-user-ids.ts`). */
export const FIRST_MADE_ID = 9_000_000_000_000_000_000n;

/** Whether this user id may be one that was made here. */
export function isMadeId(userId: string): boolean {
  return BigInt(userId) >= FIRST_MADE_ID;
}
