/** Why people lost their slot: the reasons of `failed`, and the other ways. */
export const FAILURES = [
  'wallet-closed',
  'rejected-by-provider',
  'rejected-by-operator',
  'revoked',
  'regranted',
] as const;

export type Failure = (typeof FAILURES)[number];
