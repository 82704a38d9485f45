import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import type { LeafOf } from '../formats/leaf.js';
import { type FormattedLeaf, formatted } from '../log/formatted-leaf.js';
import type { CampaignLeaf } from './campaign-replay.js';
import { Commitments } from './commitments.js';
import type { FrozenList } from './frozen-list.js';

/** What was promised, as the leaf says it. Times in ms since 1970. */
export type FoundTerms = Omit<
  LeafOf<'terms'>,
  'kind' | 'campaign' | 'eligibleRoot' | 'keyCommitment' | 'atMs'
>;

/**
 * The first leaf of a campaign.
 * @param eligibleRoot whom it commits to; null when everybody may claim
 */
export function termsLeaf(
  campaign: string,
  terms: FoundTerms,
  commitments: Commitments,
  eligibleRoot: string | null,
  atMs: number,
): LeafOf<'terms'> {
  const { capacity, waitingCapacity, amount, currency, opensAt, closesAt, reversalPolicy } = terms;
  return {
    ...{ kind: 'terms', campaign, capacity, waitingCapacity, amount, currency, opensAt, closesAt },
    ...{ reversalPolicy, eligibleRoot, keyCommitment: commitments.toKey, atMs },
  };
}

/** A campaign that the log does not know and of whose creation the feed does not tell. */
interface OlderCampaign extends FoundTerms {
  readonly id: string;
  /** Null: somebody may have claimed it. */
  readonly key: Buffer | null;
  readonly revision: number;
  readonly state: string;
  /** After which arrival number a gate took this revision; null when none did. */
  readonly afterArrivalNo: number | null;
  /** Whether it has a list, which is frozen. */
  readonly hasList: boolean;
}

/** The first leaves of one campaign. */
export interface Opening {
  readonly campaignId: string;
  readonly leaves: readonly FormattedLeaf[];
  /** Why its terms cannot be said, so that nothing of it is proven; null when they can, or need not. */
  readonly fault: string | null;
}

/**
 * Gives a key to each campaign that is older than the keys and that certainly nobody has claimed, so that its log can
 * begin. Two random UUIDs hold 244 random bits.
 */
export async function giveKeys(transaction: EntityManager): Promise<void> {
  await rows(
    transaction,
    `INSERT INTO campaign_log_keys (campaign_id, key)
     SELECT id, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
       FROM campaigns WHERE ${UNCLAIMED} AND NOT EXISTS (SELECT FROM log_campaigns WHERE campaign_id = campaigns.id OFFSET 0)
     ON CONFLICT (campaign_id) DO NOTHING RETURNING campaign_id`,
  );
}

/**
 * The campaigns with ids after `after` that are older than the log. One that nobody has claimed begins with the terms
 * as they are; what came before cannot be proven of any other. One whose list may still change is not among them: the
 * feed tells when its log begins.
 * @param commitTo keeps a list, and returns whom the terms commit to
 */
export async function readOlderCampaigns(
  source: DataSource,
  after: string,
  limit: number,
  atMs: number,
  commitTo: (list: FrozenList) => Promise<string>,
): Promise<readonly Opening[]> {
  const found = await rows<OlderCampaign>(source, OLDER, [after, limit]);
  const openings: Opening[] = [];
  for (const older of found) {
    const { id: campaignId, key, hasList } = older;
    const commitments = key && new Commitments(campaignId, key);
    const root = commitments && hasList ? await commitTo({ campaignId, commitments, logged: null }) : null;
    openings.push(opening(campaignId, () => leavesOf(older, commitments, root, atMs), atMs));
  }
  return openings;
}

/** The first leaves of a campaign; if one of them cannot be made, the only leaf that can stand alone. */
export function opening(campaign: string, first: () => readonly CampaignLeaf[], atMs: number): Opening {
  try {
    return { campaignId: campaign, leaves: first().map(formatted), fault: null };
  } catch (error) {
    const unproven = formatted({ kind: 'unproven', campaign, atMs });
    return { campaignId: campaign, leaves: [unproven], fault: String(error) };
  }
}

function leavesOf(
  older: OlderCampaign,
  commitments: Commitments | null,
  eligibleRoot: string | null,
  atMs: number,
): readonly CampaignLeaf[] {
  const { id: campaign, revision, state, opensAt, closesAt, waitingCapacity, afterArrivalNo } = older;
  if (!commitments || (revision > 1 && afterArrivalNo === null))
    return [{ kind: 'unproven', campaign, atMs }];
  const first = termsLeaf(campaign, older, commitments, eligibleRoot, atMs);
  if (revision === 1) return [first];
  const terms = { opensAt, closesAt, waitingCapacity, afterArrivalNo };
  return [first, { kind: 'state', campaign, revision, state, ...terms, reference: null, atMs }];
}

/** Of a gate that stands, its rebuild must be on record: those of earlier releases are not. */
const UNCLAIMED = `
  finished_at IS NULL
  AND NOT EXISTS (SELECT FROM user_grants WHERE campaign_id = campaigns.id OFFSET 0)
  AND NOT EXISTS (SELECT FROM waiting_entries WHERE campaign_id = campaigns.id OFFSET 0)
  AND (epoch = 0 OR EXISTS (SELECT FROM campaign_epochs
                             WHERE campaign_id = campaigns.id AND campaign_epochs.epoch = campaigns.epoch OFFSET 0))`;

const OLDER = `
  SELECT id, revision::float8 AS revision, state, capacity, amount::float8 AS amount,
         CASE WHEN sealed_at IS NULL THEN waiting_capacity ELSE 0 END AS "waitingCapacity",
         currency, reversal_policy AS "reversalPolicy", taken.arrival_no::float8 AS "afterArrivalNo",
         floor(extract(epoch FROM opens_at) * 1000)::float8 AS "opensAt",
         floor(extract(epoch FROM closes_at) * 1000)::float8 AS "closesAt",
         CASE WHEN ${UNCLAIMED} THEN held.key END AS key, eligibility = 'list' AS "hasList"
    FROM campaigns
    LEFT JOIN LATERAL (SELECT key FROM campaign_log_keys WHERE campaign_id = campaigns.id OFFSET 0) AS held ON true
    LEFT JOIN LATERAL (SELECT arrival_no FROM gate_revisions
                        WHERE campaign_id = campaigns.id AND gate_revisions.revision = campaigns.revision OFFSET 0) AS taken ON true
   WHERE id > $1
     AND NOT EXISTS (SELECT FROM log_campaigns WHERE campaign_id = campaigns.id OFFSET 0)
     AND NOT EXISTS (SELECT FROM changes WHERE campaign_id = campaigns.id AND kind IN ('terms', 'listed'))
     AND (eligibility = 'everybody' OR eligible_frozen_at IS NOT NULL OR finished_at IS NOT NULL)
   ORDER BY id LIMIT $2`;
