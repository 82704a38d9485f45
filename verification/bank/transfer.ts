/** `settled`: the money moved. `rejected`: it will never move under this key. `reversed`: it moved and came back. */
export const transferStates = ['pending', 'settled', 'rejected', 'reversed'] as const;
export type TransferState = (typeof transferStates)[number];

/** A transfer as answers and webhooks show it (docs/payout-provider.md). */
export interface Transfer {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly userId: string;
  /** A positive integer in minor units. */
  readonly amount: number;
  /** Three capital letters. */
  readonly currency: string;
  readonly state: TransferState;
  /** Why it was rejected or reversed: a short, stable code. */
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}
