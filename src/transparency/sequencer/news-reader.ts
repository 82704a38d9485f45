import type { EntityManager } from 'typeorm';
import type { ChangePosition } from '../../changes/change-feed.js';
import { type ClaimRow, readClaims, readUnrecordedPromotions } from '../../changes/claim-rows.js';
import type { CampaignNews, FoundState } from './campaign-news.js';
import { Commitments } from './commitments.js';
import {
  type FoundEpoch,
  type FoundRevision,
  type Standings,
  readEpochs,
  readRevisions,
  readStandings,
} from './found-facts.js';
import type { OpenCampaign } from './open-campaign.js';

/** Claims that are read at once, of all campaigns together; each campaign gets a share, and never less than LEAST. */
const MOST_CLAIMS = 5_000;
const LEAST_CLAIMS = 100;

/** What is new of a campaign, with what has to be known beside it. */
export interface FoundNews {
  readonly campaign: OpenCampaign;
  readonly news: CampaignNews;
  /** Null when the key was destroyed. */
  readonly commitments: Commitments | null;
  /** Whether there are more claims than were read. */
  readonly hasMore: boolean;
  /** Whether that is because no more are read at once. */
  readonly isTruncated: boolean;
  /** Whether the log has, with these claims, every number that is durable. */
  readonly lastArrivalNo: number;
}

/**
 * Reads what is new of each campaign from one snapshot; of one whose data cannot be worked with, it notes that. What
 * the feed told is in the campaigns already.
 * @param snapshot a REPEATABLE READ transaction
 * @param seen up to which arrival number of each campaign claims are taken, 0 if it is missing; null: all
 */
export async function readNews(
  snapshot: EntityManager,
  campaigns: readonly OpenCampaign[],
  atMs: number,
  position: ChangePosition,
  seen: ReadonlyMap<string, number> | null,
): Promise<FoundNews[]> {
  if (campaigns.length === 0) return [];
  const standings = new Map(
    (
      await readStandings(
        snapshot,
        campaigns.map(({ id }) => id),
      )
    ).map((found) => [found.campaignId, found]),
  );
  const known = campaigns.map(({ id, replay }) => ({
    ...{ campaignId: id, epoch: replay.epoch, revision: replay.revision },
  }));
  const epochs = grouped(await readEpochs(snapshot, known));
  const behind = known.filter(
    ({ campaignId, revision }) => (standings.get(campaignId)?.revision ?? 0) > revision,
  );
  const revisions = grouped(behind.length === 0 ? [] : await readRevisions(snapshot, behind));
  const windows = windowsOf(campaigns, standings, seen);
  const wide = windows.filter(({ after, upTo }) => upTo > after);
  const claims = grouped(wide.length === 0 ? [] : await readClaims(snapshot, wide));
  await addUnrecordedPromotions(snapshot, campaigns, atMs, position);
  return campaigns.flatMap((campaign, place) => {
    const standing = standings.get(campaign.id);
    const window = windows[place];
    if (!standing || !window) return [];
    const { id } = campaign;
    const found = { epochs: epochs.get(id), revisions: revisions.get(id), claims: claims.get(id) };
    const news = campaign.attempt(() => newsOf(campaign, standing, found, window));
    return news ? [news] : [];
  });
}

/** Which arrival numbers of a campaign are read. */
interface Window {
  readonly campaignId: string;
  readonly after: number;
  readonly upTo: number;
  /** Whether it would be wider if more could be read at once. */
  readonly isTruncated: boolean;
}

function windowsOf(
  campaigns: readonly OpenCampaign[],
  standings: ReadonlyMap<string, Standings>,
  seen: ReadonlyMap<string, number> | null,
): readonly Window[] {
  const wanted = campaigns.map(({ id: campaignId, replay }) => {
    const last = standings.get(campaignId)?.lastArrivalNo ?? 0;
    const after = replay.nextArrivalNo - 1;
    const allowed = seen ? (seen.get(campaignId) ?? 0) : Infinity;
    return { campaignId, after, upTo: Math.max(after, Math.min(allowed, last)) };
  });
  const behind = wanted.filter(({ after, upTo }) => upTo > after);
  const share = Math.max(LEAST_CLAIMS, Math.floor(MOST_CLAIMS / Math.max(1, behind.length)));
  return wanted.map(({ campaignId, after, upTo }) => {
    const isTruncated = upTo > after + share;
    return { campaignId, after, upTo: isTruncated ? after + share : upTo, isTruncated };
  });
}

/** Only where something is held up, since it is seldom: the head of the line may have become a grant unnoticed. */
async function addUnrecordedPromotions(
  snapshot: EntityManager,
  campaigns: readonly OpenCampaign[],
  atMs: number,
  before: ChangePosition,
): Promise<void> {
  const heads = campaigns.flatMap((campaign) => {
    const arrivalNo = campaign.replay.headOfLine;
    return campaign.blocked && arrivalNo !== null ? [{ campaign, campaignId: campaign.id, arrivalNo }] : [];
  });
  if (heads.length === 0) return;
  const slots = await readUnrecordedPromotions(snapshot, heads);
  heads.forEach(({ campaign, arrivalNo }, place) => {
    const slot = slots[place] ?? null;
    const isThere = campaign.outcomes.some(
      ({ what }) => what.kind === 'promote' && what.arrivalNo === arrivalNo,
    );
    if (slot === null || isThere) return;
    const what = { kind: 'promote', campaign: campaign.id, arrivalNo, slot, atMs } as const;
    campaign.outcomes = [...campaign.outcomes, { what, before, order: Infinity }];
  });
}

interface FoundRows {
  readonly epochs: readonly FoundEpoch[] | undefined;
  readonly revisions: readonly FoundRevision[] | undefined;
  readonly claims: readonly ClaimRow[] | undefined;
}

function newsOf(
  campaign: OpenCampaign,
  standing: Standings,
  { epochs = [], revisions = [], claims = [] }: FoundRows,
  { upTo, isTruncated }: Window,
): FoundNews {
  const { id, replay } = campaign;
  const commitments = standing.key && new Commitments(id, standing.key);
  const states = campaign.states.map(({ what }) => placed(what, revisions, standing.isFinished));
  const shown = states.at(-1)?.revision ?? replay.revision;
  const isShown = standing.revision <= shown;
  const hasMore = upTo < standing.lastArrivalNo;
  const isWhole = isShown && !hasMore && campaign.contradiction === null;
  const news: CampaignNews = {
    campaignId: id,
    epochs: epochs.map(({ campaignId, ...epoch }) => ({ kind: 'epoch', campaign: campaignId, ...epoch })),
    states,
    claims: claims.map(({ arrivalNo, createdAtMs, slot, userId }) => ({
      ...{ arrivalNo, createdAtMs, slot },
      who: commitments?.toUser(userId) ?? '',
    })),
    completeUpTo: hasMore ? upTo : Infinity,
    claimsUpTo: isShown
      ? Infinity
      : (revisions.find(({ revision }) => revision > shown)?.afterArrivalNo ?? 0),
    outcomes: campaign.outcomes.map(({ what }) => what),
    finishedAtMs: isWhole ? (campaign.finished?.what.atMs ?? null) : null,
  };
  return { campaign, news, commitments, hasMore, isTruncated, lastArrivalNo: standing.lastArrivalNo };
}

/** A change of the terms at its place, if that is known. */
function placed(
  state: Omit<FoundState, 'afterArrivalNo' | 'isTaken'>,
  revisions: readonly FoundRevision[],
  isFinished: boolean,
): FoundState {
  const own = revisions.find(({ revision }) => revision === state.revision);
  const isLaterTaken = revisions.some(({ revision }) => revision > state.revision);
  return {
    ...state,
    afterArrivalNo: own?.afterArrivalNo ?? null,
    isTaken: own !== undefined || isLaterTaken || isFinished, // a finished campaign has no gate that could take it
  };
}

function grouped<Row extends { readonly campaignId: string }>(found: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of found) {
    const group = groups.get(row.campaignId);
    if (group) group.push(row);
    else groups.set(row.campaignId, [row]);
  }
  return groups;
}
