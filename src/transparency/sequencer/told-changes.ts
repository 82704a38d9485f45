import type { EntityManager } from 'typeorm';
import type { Change } from '../../changes/change-feed.js';
import { isOutcome } from '../../changes/change-kinds.js';
import { formatLeaf } from '../formats/leaf.js';
import type { Commitments } from './commitments.js';
import { readGrants } from '../../changes/grant-facts.js';
import { readOperators } from './found-facts.js';
import type { OpenCampaign, Told } from './open-campaign.js';
import { type FoundOutcome, outcomeLeaf } from './outcome-leaves.js';
import type { StateDetail } from '../../changes/state-detail.js';

/** A change of a campaign that takes leaves. */
export interface ToldChange extends Told<Change> {
  readonly campaign: OpenCampaign;
  /** Null when the key of the campaign was destroyed. */
  readonly commitments: Commitments | null;
}

/**
 * Notes in each campaign what the feed told of it, with what the rows add, or that it cannot be used. Kinds that are
 * about no person or term are left out.
 */
export async function noteChanges(snapshot: EntityManager, changes: readonly ToldChange[]): Promise<void> {
  await noteStates(snapshot, changes);
  await noteOutcomes(snapshot, changes);
  for (const { campaign, what, order, before } of changes)
    if (what.kind === 'finished') campaign.finished ??= { what: { atMs: what.at.getTime() }, order, before };
}

async function noteStates(snapshot: EntityManager, changes: readonly ToldChange[]): Promise<void> {
  // Terms that waited for their list are those of its day: what had been changed before is in force from then on.
  const states = changes.filter(({ what: { kind } }) => kind === 'state' || kind === 'listed');
  if (states.length === 0) return;
  const operators = await readOperators(
    snapshot,
    states.map(({ what }) => what.position.id),
  );
  for (const told of states)
    told.campaign.attempt(() => noteState(told, operators.get(told.what.position.id) ?? null));
}

function noteState(
  { campaign, commitments, what, order, before }: ToldChange,
  operator: string | null,
): void {
  const { revision, state, opensAt, closesAt, waitingCapacity } = what.detail as StateDetail;
  const shown = campaign.states.at(-1)?.what.revision ?? campaign.replay.revision;
  if (revision <= shown) return;
  const reference = commitments?.toReference(operator) ?? null;
  const about = { campaign: campaign.id, revision, state, opensAt, closesAt, waitingCapacity };
  const leaf = { kind: 'state', ...about, reference, atMs: what.at.getTime() } as const;
  formatLeaf({ ...leaf, afterArrivalNo: null }); // by a revision that is no number, nothing could be placed
  campaign.states = [...campaign.states, { what: leaf, order, before }];
}

async function noteOutcomes(snapshot: EntityManager, changes: readonly ToldChange[]): Promise<void> {
  const found = changes.flatMap((change) => outcomesOf(change));
  if (found.length === 0) return;
  const grants = await readGrants(
    snapshot,
    found.map(({ outcome }) => outcome),
  );
  const added = new Map<OpenCampaign, OpenCampaign['outcomes'][number][]>();
  found.forEach(({ outcome, told }, place) => {
    const { campaign, commitments, order, before } = told;
    if (!commitments) return; // the campaign is stopped
    const what = campaign.attempt(() => outcomeLeaf(outcome, grants[place] ?? null, commitments));
    if (what === null) return;
    if (typeof what === 'string') {
      campaign.contradiction ??= { what, order, before };
      return;
    }
    const list = added.get(campaign) ?? [];
    list.push({ what, order, before });
    added.set(campaign, list);
  });
  for (const [campaign, outcomes] of added) campaign.outcomes = [...campaign.outcomes, ...outcomes];
}

function outcomesOf(told: ToldChange): { readonly outcome: FoundOutcome; readonly told: ToldChange }[] {
  const { kind, campaignId, arrivalNos, at } = told.what;
  if (!isOutcome(kind)) return [];
  return arrivalNos.map((arrivalNo) => ({
    outcome: { campaignId, arrivalNo, outcome: kind, atMs: at.getTime() },
    told,
  }));
}
