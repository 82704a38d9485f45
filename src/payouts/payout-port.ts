import type { EntityManager } from 'typeorm';

/** Money to be moved to one user for one grant. */
export interface PayoutOrder {
  /** One per grant, for ever the same: an attempt never gets a key of its own (P2). */
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly userId: string;
  /** Minor units. */
  readonly amount: bigint;
}

/** What became of an order, for good. */
export type PayoutOutcome =
  | { readonly idempotencyKey: string; readonly state: 'SETTLED'; readonly providerReference: string }
  | {
      readonly idempotencyKey: string;
      readonly state: 'REJECTED';
      readonly providerReference: string;
      /** A short stable word, e.g. `wallet-closed`. */
      readonly reason: string;
    };

/**
 * What moves the money. Every adapter keeps this contract, and `test/integration/payout-port.contract.ts` holds each to it:
 *
 * - **Once per key.** However often an order is given, also at the same time, its money moves at most once.
 * - **The first outcome of a key is final**, a rejection too (R13): the same order gets the same answer for ever.
 * - **One answer an order**, whatever became of the others: a rejected order keeps none from being settled.
 * - **A rejection is definite.** It says that the money has not moved and never will under this key. Nothing else may be
 *   reported as one (P7).
 * - **Not knowing is thrown, not answered.** When `pay` throws, nothing of this call counts, and the same orders can be
 *   given again under the same keys.
 * - **All orders of one call are of one campaign**, have distinct keys and users, and the same amount.
 *
 * Adapters of this kind keep their books in our Postgres: the money moves inside `transaction`, together with the record of
 * its outcome, so there is no moment at which the one is done without the other. A provider across a network is another
 * kind, since no transaction may be open during its call.
 */
export interface PayoutPort {
  /** @param transaction the open transaction that also records the outcomes; committed by the caller */
  pay(orders: readonly PayoutOrder[], transaction: EntityManager): Promise<readonly PayoutOutcome[]>;
}

export const PAYOUT_PORT = Symbol('PAYOUT_PORT');
