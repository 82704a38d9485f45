import type { EntityManager } from 'typeorm';
import { rows } from '../postgres/rows.js';

/** The kinds of acts. Add new ones here. */
export const ADMIN_ACTS = [
  'campaign-created',
  'campaign-changed',
  'campaign-deleted',
  'campaign-archived',
  'campaign-removed',
  'campaign-key-forgotten',
  'eligible-added',
  'eligible-removed',
  'eligible-frozen',
  'budget-returned',
  'grant-revoked',
  'payouts-stopped',
  'payouts-resumed',
  'payout-decided',
  'payout-decision-proposed',
  'payout-decision-approved',
  'payout-reconciled',
  'wallet-closed',
  'wallet-opened',
  'person-erased',
  'webhook-endpoint-created',
  'webhook-endpoint-changed',
  'webhook-endpoint-deleted',
  'webhook-secret-rotated',
  'webhooks-replayed',
] as const;

export interface AdminAct {
  readonly act: (typeof ADMIN_ACTS)[number];
  /** Who did it: the subject of an operator's token, or the name of a command, such as `reconcile`. */
  readonly actor: string;
  /** Null when the act concerns no campaign, or all of them. */
  readonly campaignId: string | null;
  /** Details, as JSON; never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Why, in the operator's own words. */
  readonly reason?: string | null;
}

/**
 * Appends an act to the trail, which nobody can change.
 * @param transaction the transaction of the act itself: both are committed, or neither
 */
export async function recordAct(
  transaction: EntityManager,
  { act, actor, campaignId, detail = {}, reason = null }: AdminAct,
): Promise<void> {
  await rows(
    transaction,
    `INSERT INTO admin_acts (actor, act, campaign_id, detail, reason) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [actor, act, campaignId, JSON.stringify(detail), reason],
  );
}
