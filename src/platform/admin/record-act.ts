import type { EntityManager } from 'typeorm';
import { rows } from '../postgres/rows.js';

/** What operators do. A new word goes here. */
export const ADMIN_ACTS = [
  'campaign-created',
  'campaign-changed',
  'campaign-archived',
  'campaign-removed',
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
] as const;

export interface AdminAct {
  readonly act: (typeof ADMIN_ACTS)[number];
  /** Who did it: the subject of an operator's token, or the name of a command, such as `reconcile`. */
  readonly actor: string;
  /** Null when it concerns no campaign, or all. */
  readonly campaignId: string | null;
  /** What exactly, as JSON; never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Why, in the operator's own words. */
  readonly reason?: string | null;
}

/**
 * Writes an act into the trail, which nobody can change.
 * @param transaction the one in which the act itself is done: both are committed, or neither
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
