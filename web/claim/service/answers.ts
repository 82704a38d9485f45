/** The answers of the API as this page reads them (openapi.json). Unknown values may come, and are shown as such. */

/** `GET /v1/campaigns/{id}` */
export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly capacity: number;
  readonly waitingCapacity: number;
  /** In minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  /** RFC 3339 */
  readonly opensAt: string | null;
  /** `list`: only people on a list may claim. */
  readonly eligibility: string;
  readonly state: string;
  /** RFC 3339. Since when no place becomes free: nobody gets in any more, whatever `state` says. */
  readonly endedAt: string | null;
}

/** `POST …/grants` and `GET …/grants/me` */
export interface Grant {
  readonly userId: string;
  readonly status: string;
  readonly final: boolean;
  readonly failureReason: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly paidAt: string | null;
  readonly payoutReference: string | null;
  readonly payout: string | null;
  readonly grantSeq: number | null;
  readonly slot: string | null;
  readonly arrivalNo: number;
  readonly waitingPosition?: number;
  readonly createdAt: string;
  /** Only with `POST`, from a service that publishes a log. */
  readonly receipt?: string;
}

/** `GET …/grants/me/proof` */
export interface Proof {
  /** The first is of the claim; `proof` is a text with the line `index …`. */
  readonly proofs: readonly { readonly proof: string }[];
}

/** `GET /v1/session` */
export interface Session {
  readonly user: { readonly userId: string; readonly name: string | null; readonly expiresAt: string } | null;
  readonly loginUrl: string | null;
}
