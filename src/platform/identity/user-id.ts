const DECIMAL = /^[1-9]\d{0,18}$/;
const LARGEST = 2n ** 63n - 1n;

/** A user id is a decimal in 1..2^63-1 without leading zeros: a BIGINT in Postgres, a string in every interface. */
export function isUserId(text: unknown): text is string {
  return typeof text === 'string' && DECIMAL.test(text) && BigInt(text) <= LARGEST;
}
