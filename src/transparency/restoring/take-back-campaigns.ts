import type { EntityManager } from 'typeorm';
import { readMoment } from '../../changes/moment.js';
import { rows } from '../../platform/postgres/rows.js';
import type { LeafOf } from '../formats/leaf.js';
import { publishedLine } from '../log/formatted-leaf.js';
import { leavesBetween } from '../log/stored-leaves.js';
import { type CampaignLeaf, CampaignReplay } from '../sequencer/campaign-replay.js';
import { findNotBorneOut } from './borne-out.js';
import { leavesOfLostCampaign, restoredLeaves } from './restored-leaves.js';
import { TakenBack, takenBackFrom } from './taken-back.js';

/** A campaign of which the log had said what does not hold. */
export interface TakenBackCampaign {
  readonly campaignId: string;
  /** The numbers that are named as broken promises; `to` is `from` - 1 when there are none. */
  readonly from: number;
  readonly to: number;
  /** Whether the log of the campaign ends here: the database does not know it, or its leaves break the rules. */
  readonly isStopped: boolean;
  readonly leaves: readonly CampaignLeaf[];
}

/** A campaign in the log as it was published. */
class Published {
  readonly replay = new CampaignReplay();
  readonly said = new TakenBack(1);
  terms: LeafOf<'terms'> | null = null;
  /** The lowest number that an earlier restore took back, among the leaves that the database lacks. */
  restoredFrom = Infinity;
  /** Whether its leaves cannot be read, or break the rules: it is stopped, and keeps no other from going on. */
  hasFault = false;
}

/**
 * The leaves that take back what the database does not hold of the leaves from `had` to `size`. Cost: all leaves since
 * the first of the campaigns that these are about began.
 * @param snapshot the transaction in which they were appended
 */
export async function takeBackCampaigns(
  snapshot: EntityManager,
  had: number,
  size: number,
): Promise<readonly TakenBackCampaign[]> {
  const { atMs } = await readMoment(snapshot);
  const concerned = await readConcerned(snapshot, had);
  const first = Math.min(had, ...concerned.values());
  const published = new Map([...concerned.keys()].map((id) => [id, new Published()]));
  for await (const { id, index, line } of campaignLines(snapshot, first, size)) {
    const campaign = published.get(id);
    if (campaign && !campaign.hasFault) campaign.hasFault = !follow(campaign, line, index >= had);
  }
  const faulty = [...published].flatMap(([id, { hasFault }]) => (hasFault ? [stopped(id, atMs)] : []));
  const from = await findWhereToGoOn(snapshot, published);
  const again = new Map([...from].map(([id, number]) => [id, new TakenBack(number)]));
  for await (const { id, line } of campaignLines(snapshot, first, had)) {
    const { leaf } = publishedLine(line);
    if (leaf && leaf.kind !== 'log') again.get(id)?.read(leaf);
  }
  const takenBack = [...from].map(([campaignId, number]) => {
    const { replay } = published.get(campaignId) ?? new Published();
    const to = replay.nextArrivalNo - 1;
    const held = again.get(campaignId)?.leaves.map(({ leaf }) => leaf) ?? [];
    const leaves =
      number === 0
        ? leavesOfLostCampaign(replay, campaignId, atMs)
        : restoredLeaves(replay, { campaign: campaignId, from: number, again: held, atMs });
    const isStopped = leaves.at(-1)?.kind === 'stopped';
    return { campaignId, from: Math.max(1, number), to, isStopped, leaves };
  });
  return [...takenBack, ...faulty];
}

function stopped(campaign: string, atMs: number): TakenBackCampaign {
  const leaves: readonly CampaignLeaf[] = [{ kind: 'stopped', campaign, code: 'not-justified', atMs }];
  return { campaignId: campaign, from: 1, to: 0, isStopped: true, leaves };
}

/** Campaigns with leaves from this index on -> the index of the first leaf of each. */
async function readConcerned(snapshot: EntityManager, had: number): Promise<ReadonlyMap<string, number>> {
  const found = await rows<{ id: string; first: number }>(
    snapshot,
    `SELECT campaign_id AS id, first_index::float8 AS first FROM log_campaigns
      WHERE standing IN ('open', 'ended')
        AND campaign_id IN (SELECT campaign_id FROM log_leaves WHERE log_index >= $1 AND campaign_id IS NOT NULL)
      ORDER BY campaign_id`,
    [had],
  );
  return new Map(found.map(({ id, first }) => [id, first]));
}

async function* campaignLines(
  snapshot: EntityManager,
  from: number,
  to: number,
): AsyncGenerator<{ readonly id: string; readonly index: number; readonly line: string }> {
  for await (const page of leavesBetween(snapshot, from, to))
    for (const { index, campaignId, line } of page)
      if (campaignId !== null) yield { id: campaignId, index, line };
}

/** @returns false when the leaf cannot be read, or breaks the rules */
function follow(campaign: Published, line: string, isNew: boolean): boolean {
  const { replay, said } = campaign;
  const { leaf } = publishedLine(line);
  if (!leaf || leaf.kind === 'log' || replay.justify(leaf) !== null) return false;
  replay.apply(leaf);
  if (leaf.kind === 'terms') campaign.terms = leaf;
  if (isNew && leaf.kind === 'restored') campaign.restoredFrom = Math.min(campaign.restoredFrom, leaf.from);
  if (isNew) said.read(leaf);
  else said.pass(leaf);
  return true;
}

/** Campaigns that do not hold -> the first number of which the log says what does not hold; 0: the campaign is gone. */
async function findWhereToGoOn(
  snapshot: EntityManager,
  published: ReadonlyMap<string, Published>,
): Promise<ReadonlyMap<string, number>> {
  const from = new Map<string, number>();
  for (const [id, { terms, said, restoredFrom, hasFault }] of published) {
    if (!terms || hasFault) continue; // without terms it is `unproven`
    const { isThere, leaves } = await findNotBorneOut(snapshot, terms, said.leaves);
    const lowest = leaves.reduce((least, leaf) => Math.min(least, takenBackFrom(leaf)), restoredFrom);
    if (!isThere) from.set(id, 0);
    else if (lowest < Infinity) from.set(id, lowest);
  }
  return from;
}
