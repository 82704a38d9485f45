import type { EntityManager } from 'typeorm';
import type { Outcome } from '../../changes/change-kinds.js';
import { readClaims } from '../../changes/claim-rows.js';
import { readGrants } from '../../changes/grant-facts.js';
import { rows } from '../../platform/postgres/rows.js';
import type { LeafOf } from '../formats/leaf.js';
import type { CampaignLeaf, OutcomeLeaf } from '../sequencer/campaign-replay.js';
import { Commitments } from '../sequencer/commitments.js';
import { readEpochs, readKeys } from '../sequencer/found-facts.js';
import { outcomeLeaf } from '../sequencer/outcome-leaves.js';
import type { PlacedLeaf } from './taken-back.js';

/** Claims and outcomes that are compared at once. */
const PAGE = 10_000;

/** What of a campaign the database does not bear out. */
export interface NotBorneOut {
  /** Whether the database has the campaign that the log began. */
  readonly isThere: boolean;
  /** The leaves that say what the rows do not say. */
  readonly leaves: readonly PlacedLeaf[];
}

/**
 * Compares what the log says of a campaign with the rows. Money that came back without freeing its slot is not looked
 * for: the provider says so again, and nothing depends on it.
 * @param snapshot a REPEATABLE READ transaction
 * @param terms of the campaign, in the log
 */
export async function findNotBorneOut(
  snapshot: EntityManager,
  terms: LeafOf<'terms'>,
  leaves: readonly PlacedLeaf[],
): Promise<NotBorneOut> {
  const id = terms.campaign;
  const [campaign] = await rows<{ isFinished: boolean }>(
    snapshot,
    `SELECT finished_at IS NOT NULL AS "isFinished" FROM campaigns WHERE id = $1`,
    [id],
  );
  const key = (await readKeys(snapshot, [id])).get(id);
  const commitments = key ? new Commitments(id, key) : null;
  if (!campaign || (commitments && commitments.toKey !== terms.keyCommitment))
    return { isThere: false, leaves: [] };
  const found: PlacedLeaf[] = [];
  for (let first = 0; first < leaves.length; first += PAGE) {
    const page = leaves.slice(first, first + PAGE);
    const holds = await whatHolds(snapshot, id, commitments, campaign.isFinished, page);
    found.push(...page.filter(({ leaf }) => !holds(leaf)));
  }
  return { isThere: true, leaves: found };
}

async function whatHolds(
  snapshot: EntityManager,
  id: string,
  commitments: Commitments | null,
  isFinished: boolean,
  leaves: readonly PlacedLeaf[],
): Promise<(leaf: CampaignLeaf) => boolean> {
  const claims = await claimsOf(snapshot, id, leaves);
  const outcomes = await outcomesOf(snapshot, id, commitments, leaves);
  const places = await placesOf(snapshot, id, leaves);
  const epochs = await readEpochs(snapshot, [{ campaignId: id, epoch: 0 }]);
  const states = await statesOf(snapshot, id);
  const rebuiltUpTo = Math.max(0, ...epochs.map(({ lastArrivalNo }) => lastArrivalNo));
  return (leaf) => {
    switch (leaf.kind) {
      case 'claim':
        return isSameClaim(leaf, claims.get(leaf.arrivalNo), commitments);
      case 'lost':
        return leaf.to <= rebuiltUpTo && ![...claims.keys()].some((no) => no >= leaf.from && no <= leaf.to);
      case 'epoch':
        return epochs.some(
          ({ epoch, lastArrivalNo }) => epoch === leaf.epoch && lastArrivalNo === leaf.lastArrivalNo,
        );
      case 'state':
        return states.some(({ revision, at }) => revision === leaf.revision && at.getTime() === leaf.atMs);
      case 'end':
        return isFinished;
      case 'left':
      case 'ended':
        return places.get(leaf.arrivalNo) === leaf.kind;
      case 'promote':
      case 'paid':
      case 'failed':
      case 'revoked':
        return isSameOutcome(leaf, outcomes.get(leaf));
      case 'reversed':
        return leaf.effect === 'keep' || isSameOutcome(leaf, outcomes.get(leaf));
      default:
        return true;
    }
  };
}

type FoundClaims = Awaited<ReturnType<typeof readClaims>>;

async function claimsOf(
  snapshot: EntityManager,
  campaignId: string,
  leaves: readonly PlacedLeaf[],
): Promise<ReadonlyMap<number, FoundClaims[number]>> {
  const windows = leaves.flatMap(({ leaf }) => {
    if (leaf.kind === 'claim') return [{ campaignId, after: leaf.arrivalNo - 1, upTo: leaf.arrivalNo }];
    return leaf.kind === 'lost' ? [{ campaignId, after: leaf.from - 1, upTo: leaf.to }] : [];
  });
  if (windows.length === 0) return new Map();
  const found = await readClaims(snapshot, windows);
  return new Map(found.map((claim) => [claim.arrivalNo, claim]));
}

/** A place in the line may have become a grant since: the leaf that says so is judged by itself. */
function isSameClaim(
  leaf: LeafOf<'claim'>,
  found: FoundClaims[number] | undefined,
  commitments: Commitments | null,
): boolean {
  if (!found || !commitments) return false;
  return (
    found.createdAtMs === leaf.createdAtMs &&
    (leaf.slot === null || leaf.slot === found.slot) &&
    commitments.toUser(found.userId) === leaf.who
  );
}

/** A leaf about a grant. */
type GrantLeaf = Extract<OutcomeLeaf, { readonly slot: number }>;

/** The kind of change that tells of each kind of leaf. */
const CHANGES: Readonly<Record<GrantLeaf['kind'], Outcome>> = {
  ...{ promote: 'promoted', paid: 'paid', failed: 'failed', revoked: 'failed', reversed: 'reversed' },
};

function isAboutGrant(leaf: CampaignLeaf): leaf is GrantLeaf {
  return leaf.kind in CHANGES;
}

/** What the grants of these people say in the place of each leaf. */
async function outcomesOf(
  snapshot: EntityManager,
  campaignId: string,
  commitments: Commitments | null,
  leaves: readonly PlacedLeaf[],
): Promise<ReadonlyMap<CampaignLeaf, OutcomeLeaf | string>> {
  const asked = leaves.flatMap(({ leaf }) =>
    isAboutGrant(leaf)
      ? [{ leaf, outcome: CHANGES[leaf.kind], campaignId, arrivalNo: leaf.arrivalNo, atMs: leaf.atMs }]
      : [],
  );
  if (!commitments || asked.length === 0) return new Map();
  const grants = await readGrants(snapshot, asked);
  return new Map(
    asked.map((found, place) => [found.leaf, outcomeLeaf(found, grants[place] ?? null, commitments)]),
  );
}

function isSameOutcome(leaf: GrantLeaf, found: OutcomeLeaf | string | undefined): boolean {
  if (found === undefined || typeof found === 'string') return false;
  const isSameSlot = 'slot' in found && found.slot === leaf.slot;
  const isSameEffect =
    leaf.kind !== 'reversed' || (found.kind === 'reversed' && found.effect === leaf.effect);
  return found.kind === leaf.kind && isSameSlot && isSameEffect;
}

/** Who of those whom the log calls gone is gone from the line. */
async function placesOf(
  snapshot: EntityManager,
  campaignId: string,
  leaves: readonly PlacedLeaf[],
): Promise<ReadonlyMap<number, 'left' | 'ended'>> {
  const asked = leaves.flatMap(({ leaf }) =>
    leaf.kind === 'left' || leaf.kind === 'ended' ? [leaf.arrivalNo] : [],
  );
  if (asked.length === 0) return new Map();
  const found = await rows<{ arrivalNo: number; hasLeft: boolean }>(
    snapshot,
    `SELECT arrival_no::float8 AS "arrivalNo", left_at IS NOT NULL AS "hasLeft" FROM waiting_entries
      WHERE campaign_id = $1 AND arrival_no = ANY ($2::bigint[]) AND (left_at IS NOT NULL OR ended_at IS NOT NULL)`,
    [campaignId, asked],
  );
  return new Map(found.map(({ arrivalNo, hasLeft }) => [arrivalNo, hasLeft ? 'left' : 'ended']));
}

/** The changes of terms that the log of the database does not have yet: the feed keeps them for it. */
function statesOf(snapshot: EntityManager, campaignId: string): Promise<{ revision: number; at: Date }[]> {
  return rows(
    snapshot,
    `SELECT (detail->>'revision')::float8 AS revision, at FROM changes WHERE campaign_id = $1 AND kind = 'state'`,
    [campaignId],
  );
}
