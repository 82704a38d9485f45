import type { EntityManager } from 'typeorm';
import { enterPayouts, enterReversals } from '../ledger/provider-account.js';
import { returnBudget } from '../ledger/return-budget.js';
import { rows } from '../platform/postgres/rows.js';
import type { EndedGrant } from './ended-grants.js';
import type { PayoutState } from './payout-state.js';
import { holdCampaign } from './reversal-turn.js';

/** How a payout ended, or that its money came back, as reported by a source that knows. */
export interface Ending {
  readonly state: 'SETTLED' | 'REJECTED' | 'REVERSED';
  /** The reason for a rejection or for an operator's decision. */
  readonly reason: string | null;
  /** The operator who decided it, or who approved what `proposedBy` had proposed. */
  readonly actor?: string;
  readonly proposedBy?: string;
}

/** What the history of a payout says about a decision: why, and who proposed it where that was somebody else. */
export function reasonWithProposer({ reason, actor, proposedBy }: Omit<Ending, 'state'>): string | null {
  if (proposedBy === undefined || proposedBy === actor) return reason;
  return `${reason ?? ''} (proposed by ${proposedBy})`;
}

/** A payout that the caller has locked, in the state in which it was found. */
export interface Standing {
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly userId: string;
  readonly state: PayoutState;
}

/** A payout that is about to end. */
export interface EndingPayout extends Standing {
  /** Null keeps the one that is recorded. */
  readonly providerReference: string | null;
}

/**
 * P7: the only place where a provider's payouts end their grants. A reversal ends a grant only if its slot is granted
 * again.
 * @param payouts of one campaign, locked, in states that allow this ending
 */
export async function endPayouts(
  transaction: EntityManager,
  payouts: readonly EndingPayout[],
  conclusion: Ending,
): Promise<void> {
  const [first] = payouts;
  if (!first) return;
  const { campaignId } = first;
  const { state, reason } = conclusion;
  const keys = payouts.map(({ idempotencyKey }) => idempotencyKey);
  const campaign = state === 'REVERSED' ? await holdCampaign(transaction, campaignId) : null;
  await rows(
    transaction,
    `WITH ended AS (
       UPDATE payouts
          SET state = $2, last_error = $4,
              provider_reference = COALESCE(($3::text[])[array_position($1::text[], idempotency_key)], provider_reference),
              leased_until = NULL, due_at = NULL, updated_at = now()
        WHERE idempotency_key = ANY ($1::text[])
       RETURNING campaign_id
     ) SELECT campaign_id FROM ended`,
    [
      keys,
      state,
      payouts.map(({ providerReference }) => providerReference),
      state === 'SETTLED' ? null : reason,
    ],
  );
  await writeEvents(transaction, payouts, conclusion, state);
  await rows(
    transaction,
    `WITH ended AS (
       UPDATE user_grants SET status = CASE $3 WHEN 'SETTLED' THEN 'SUCCESS' ELSE 'FAILED' END, updated_at = now()
        WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[])
          AND CASE $3 WHEN 'REVERSED' THEN status = 'SUCCESS' AND $4::boolean ELSE status = 'PENDING' END
       RETURNING status
     ) SELECT status FROM ended`,
    [campaignId, payouts.map(({ userId }) => userId), state, campaign?.regrants ?? false],
  );
  if (state === 'SETTLED') await enterPayouts(transaction, campaignId, keys);
  if (state === 'REVERSED') await enterReversals(transaction, campaignId, keys);
  // R28: the money goes on to the treasury.
  if (campaign?.isFinished) await returnBudget(transaction, campaignId, first.idempotencyKey);
}

async function writeEvents(
  transaction: EntityManager,
  payouts: readonly Standing[],
  ending: Ending,
  event: string,
): Promise<void> {
  await rows(
    transaction,
    `INSERT INTO payout_events (idempotency_key, event, detail, actor)
     SELECT key, $2, $3, $4 FROM unnest($1::text[]) AS keys (key) RETURNING id`,
    [
      payouts.map(({ idempotencyKey }) => idempotencyKey),
      event,
      reasonWithProposer(ending),
      ending.actor ?? null,
    ],
  );
}

/** The grants of these payouts that have ended, now or earlier. */
export async function readEnds(
  transaction: EntityManager,
  payouts: readonly Standing[],
): Promise<EndedGrant[]> {
  return rows<EndedGrant>(
    transaction,
    `SELECT user_id AS "userId", grant_seq AS "grantSeq", status FROM user_grants
      WHERE campaign_id = $1 AND user_id = ANY ($2::bigint[]) AND status <> 'PENDING'`,
    [payouts[0]?.campaignId, payouts.map(({ userId }) => userId)],
  );
}
