import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

/** Facts of a campaign as a whole, read from its rows. */
export interface Standings {
  readonly campaignId: string;
  readonly revision: number;
  readonly isFinished: boolean;
  /** The highest arrival number that is durable; 0 for none. */
  readonly lastArrivalNo: number;
  /** Null when it was destroyed. */
  readonly key: Buffer | null;
}

export interface FoundEpoch {
  readonly campaignId: string;
  readonly epoch: number;
  readonly lastArrivalNo: number;
  readonly atMs: number;
}

/** After which arrival number a gate took a revision, or a later gate was built with it. */
export interface FoundRevision {
  readonly campaignId: string;
  readonly revision: number;
  readonly afterArrivalNo: number;
}

/** A few look-ups by key for each campaign. */
export function readStandings(snapshot: EntityManager, campaignIds: readonly string[]): Promise<Standings[]> {
  return rows(
    snapshot,
    `SELECT campaigns.id AS "campaignId", revision::float8 AS revision, finished_at IS NOT NULL AS "isFinished", held.key,
            GREATEST((SELECT max(arrival_no) FROM user_grants WHERE campaign_id = campaigns.id),
                     (SELECT max(arrival_no) FROM waiting_entries WHERE campaign_id = campaigns.id), 0)::float8 AS "lastArrivalNo"
       FROM unnest($1::text[]) AS wanted (id)
      CROSS JOIN LATERAL (SELECT id, revision, finished_at FROM campaigns WHERE id = wanted.id OFFSET 0) AS campaigns
       LEFT JOIN LATERAL (SELECT key FROM campaign_log_keys WHERE campaign_id = wanted.id OFFSET 0) AS held ON true`,
    [campaignIds],
  );
}

/** The epochs of each campaign that are above the given one, by campaign and epoch. */
export function readEpochs(
  snapshot: EntityManager,
  known: readonly { readonly campaignId: string; readonly epoch: number }[],
): Promise<FoundEpoch[]> {
  return rows(
    snapshot,
    `SELECT wanted.campaign_id AS "campaignId", found.epoch::float8 AS epoch, found.rebuilt_up_to::float8 AS "lastArrivalNo",
            floor(extract(epoch FROM found.at) * 1000)::float8 AS "atMs"
       FROM unnest($1::text[], $2::bigint[]) AS wanted (campaign_id, epoch)
      CROSS JOIN LATERAL (SELECT epoch, rebuilt_up_to, at FROM campaign_epochs
                           WHERE campaign_id = wanted.campaign_id AND epoch > wanted.epoch OFFSET 0) AS found
      ORDER BY 1, 2`,
    [known.map(({ campaignId }) => campaignId), known.map(({ epoch }) => epoch)],
  );
}

/**
 * The revisions of each campaign that are above the given one and that a gate took, by campaign and revision. Numbers
 * that a gate assigned and that were lost with it are assigned again under the same terms, so a rebuild bounds them.
 */
export function readRevisions(
  snapshot: EntityManager,
  known: readonly { readonly campaignId: string; readonly revision: number }[],
): Promise<FoundRevision[]> {
  return rows(
    snapshot,
    `SELECT wanted.campaign_id AS "campaignId", taken.revision::float8 AS revision,
            LEAST(taken.arrival_no,
                  (SELECT min(rebuilt_up_to) FROM campaign_epochs later
                    WHERE later.campaign_id = wanted.campaign_id AND later.epoch > taken.epoch))::float8 AS "afterArrivalNo"
       FROM unnest($1::text[], $2::bigint[]) AS wanted (campaign_id, revision)
      CROSS JOIN LATERAL (SELECT revision, epoch, arrival_no FROM gate_revisions
                           WHERE campaign_id = wanted.campaign_id AND revision > wanted.revision OFFSET 0) AS taken
      ORDER BY 1, 2`,
    [known.map(({ campaignId }) => campaignId), known.map(({ revision }) => revision)],
  );
}

/** Who changed a campaign, by the id of the change: the act is in the trail since the same instant. */
export async function readOperators(
  snapshot: EntityManager,
  changeIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await rows<{ id: string; actor: string }>(
    snapshot,
    `SELECT changes.id::text AS id, admin_acts.actor
       FROM changes JOIN admin_acts ON admin_acts.campaign_id = changes.campaign_id AND admin_acts.at = changes.at
      WHERE changes.id = ANY ($1::bigint[]) AND admin_acts.act IN ('campaign-changed', 'campaign-deleted')`,
    [changeIds],
  );
  return new Map(found.map(({ id, actor }) => [id, actor]));
}

/** The keys of these campaigns, as far as they have one. */
export async function readKeys(
  snapshot: EntityManager,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (campaignIds.length === 0) return new Map();
  const found = await rows<{ id: string; key: Buffer }>(
    snapshot,
    `SELECT campaign_id AS id, key FROM campaign_log_keys WHERE campaign_id = ANY ($1::text[])`,
    [campaignIds],
  );
  return new Map(found.map(({ id, key }) => [id, key]));
}
