/**
 * Whether a client asks for a receipt: `Prefer: receipt` (RFC 7240), beside other preferences or alone. A preference
 * with a value (`receipt=…`) is another one, and is ignored as unknown ones are.
 */
export function prefersReceipt(prefer: string | string[] | undefined): boolean {
  if (prefer === undefined) return false;
  const list = typeof prefer === 'string' ? prefer : prefer.join(',');
  return list.split(',').some((preference) => preference.split(';')[0]?.trim().toLowerCase() === 'receipt');
}
