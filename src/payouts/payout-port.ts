/**
 * What moves the money: the ledger in our own Postgres (`ledger/transfer.ts`), or a provider across a network (the port
 * below). `test/integration/payout-port.contract.ts` holds both to this contract:
 *
 * - **Once per key.** However often an order is given, concurrently too, its money moves at most once (P2).
 * - **The first outcome of a key is final**, a rejection too (R13): the same order gets the same answer for ever.
 * - **One answer per order**, whatever becomes of the others: a rejected order does not keep another from being
 *   settled.
 * - **A rejection is definite.** It says that the money has not moved and never will under this key. Nothing else may
 *   be reported as one (P7); in particular, "not found" is not a rejection.
 */

/** Injects the `ProviderPort`. */
export const PROVIDER = Symbol('PROVIDER');

/** A request to a provider, the same bytes each time. */
export interface ProviderRequest {
  readonly idempotencyKey: string;
  /** JSON: campaignId, userId, amount in minor units, currency. The answer must repeat them. */
  readonly body: string;
}

/** What a provider's answer says, once it has been validated. */
export type ProviderAnswer =
  | { readonly kind: 'settled'; readonly providerReference: string }
  | { readonly kind: 'rejected'; readonly providerReference: string; readonly reason: string }
  /** It moved, and came back later. */
  | { readonly kind: 'reversed'; readonly providerReference: string }
  /** The provider does not know the key, or not yet. Not a rejection. */
  | { readonly kind: 'not-found' }
  /** It may or may not have moved. `why` is a short word. */
  | { readonly kind: 'in-doubt'; readonly why: string }
  /** Nothing was looked at. Repeat the request after `retryAfterMs`. */
  | { readonly kind: 'not-now'; readonly retryAfterMs: number }
  /**
   * Nothing was looked at either: the request certainly never left, or the provider refused us (401, 403). Counts as a
   * failure of the provider.
   */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * A provider across a network. No transaction may be open during a call. An unknown outcome is an answer; nothing is
 * thrown.
 */
export interface ProviderPort {
  /** Asks for the money to be moved. Never answers `not-found`. */
  send(request: ProviderRequest): Promise<ProviderAnswer>;
  /** Asks what became of a request. */
  find(request: ProviderRequest): Promise<ProviderAnswer>;
}
