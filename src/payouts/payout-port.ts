import type { EntityManager } from 'typeorm';

/**
 * What moves the money. There are two kinds, and `test/integration/payout-port.contract.ts` holds both to this contract:
 *
 * - **Once per key.** However often an order is given, also at the same time, its money moves at most once (P2).
 * - **The first outcome of a key is final**, a rejection too (R13): the same order gets the same answer for ever.
 * - **One answer an order**, whatever became of the others: a rejected order keeps none from being settled.
 * - **A rejection is definite.** It says that the money has not moved and never will under this key. Nothing else may be
 *   reported as one (P7); in particular, that a provider has not found a key is none.
 */

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

/** Injects the `BookkeeperPort`. */
export const BOOKKEEPER = Symbol('BOOKKEEPER');

/** Injects the `ProviderPort`. */
export const PROVIDER = Symbol('PROVIDER');

/**
 * Whoever keeps the books in our Postgres: the money moves inside `transaction`, together with the record of its outcome, so
 * there is no moment at which the one is done without the other, and nothing is ever in doubt. Not knowing is thrown: then
 * nothing of this call counts, and the same orders can be given again.
 */
export interface BookkeeperPort {
  /**
   * @param orders of one campaign, with distinct keys and users and the same amount
   * @param transaction the open transaction that also records the outcomes; committed by the caller
   */
  pay(orders: readonly PayoutOrder[], transaction: EntityManager): Promise<readonly PayoutOutcome[]>;
}

/** A request to a provider, the same bytes each time. */
export interface ProviderRequest {
  readonly idempotencyKey: string;
  /** JSON: campaignId, userId, amount in minor units, currency. The answer must repeat them. */
  readonly body: string;
}

/** What a provider's answer says, once it has been read with suspicion. */
export type ProviderAnswer =
  | { readonly kind: 'settled'; readonly providerReference: string }
  | { readonly kind: 'rejected'; readonly providerReference: string; readonly reason: string }
  /** It moved, and came back later. */
  | { readonly kind: 'reversed'; readonly providerReference: string }
  /** The provider does not know the key, yet: no rejection. */
  | { readonly kind: 'not-found' }
  /** It may or may not have moved. `why` is a short word. */
  | { readonly kind: 'in-doubt'; readonly why: string }
  /** Nothing was looked at: the same again, after so many ms. */
  | { readonly kind: 'not-now'; readonly retryAfterMs: number }
  /** Nor was this: it surely never left, or the provider would not have us (401, 403). Speaks against the provider. */
  | { readonly kind: 'refused'; readonly why: string };

/** A provider across a network. No transaction may be open during a call; not knowing is an answer, nothing is thrown. */
export interface ProviderPort {
  /** Asks for the money to be moved. Never answers `not-found`. */
  send(request: ProviderRequest): Promise<ProviderAnswer>;
  /** Asks what became of a request. */
  find(request: ProviderRequest): Promise<ProviderAnswer>;
}
