import { archived, ASK_OPERATOR } from '../../platform/problems/archived.js';
import { Problem } from '../../platform/problems/problem.js';
import type { ClaimLookup } from './claim-lookup.js';

/** Nothing is on record of a user. */
export interface NoClaim {
  readonly kind: 'none';
  /** Since when the campaign is archived: the user may have had a claim. Null: it is not, or there is no campaign. */
  readonly archivedAt: Date | null;
}

/** What a look-up that has not found a user says of that user. */
export function noClaimIn({ campaign }: ClaimLookup): NoClaim {
  return { kind: 'none', archivedAt: campaign?.archivedAt ?? null };
}

/** What the user is told. */
export function noClaim({ archivedAt }: NoClaim): Problem {
  if (archivedAt) return archived('no-claim', archivedAt, ASK_OPERATOR);
  return new Problem(404, 'no-claim', 'This user has no claim in this campaign');
}
