import type { GateClaim } from '../slots/gate-claim.js';
import type { ClaimTerms } from './claim-record.js';

/** What a statement made durable of one campaign's claims. */
export interface InsertedClaims {
  /** A user who is missing was there already, or collided with another user's place. */
  readonly userIds: ReadonlySet<string>;
  /** The transaction's time, by Postgres' clock. */
  readonly at: Date;
  /** Read by the same statement, so that no answer costs another. */
  readonly terms: ClaimTerms;
}

/** What such a statement returns for a campaign. */
export interface InsertedRow extends ClaimTerms {
  /** Whose claims were inserted; null for everybody's: nobody reads a list of everybody. */
  readonly userIds: string[] | null;
  readonly at: Date;
}

/** @param claims that the statement was given for this campaign */
export function insertedClaims(row: InsertedRow, claims: readonly GateClaim[]): InsertedClaims {
  return { userIds: new Set(row.userIds ?? claims.map(({ userId }) => userId)), at: row.at, terms: row };
}
