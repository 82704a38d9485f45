import type { DataSource, EntityManager } from 'typeorm';
import type { Change, ChangeFeed, ChangePosition } from '../../changes/change-feed.js';
import type { Failpoints } from '../../platform/failpoints/failpoints.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { rows } from '../../platform/postgres/rows.js';
import type { Leaf } from '../formats/leaf.js';
import type { LogWriter } from '../log/log-writer.js';
import type { CampaignLeaf } from './campaign-replay.js';
import { CampaignReplay } from './campaign-replay.js';
import { Commitments } from './commitments.js';
import { type FoundTerms, termsLeaf } from './first-leaves.js';
import { readGrants } from '../../changes/grant-facts.js';
import { type Moment, readMoment } from '../../changes/moment.js';
import { readKeys } from './found-facts.js';
import { readUnreversed } from './late-reversals.js';
import { type FoundNews, readNews } from './news-reader.js';
import { OpenCampaign } from './open-campaign.js';
import { type Ordered, orderLeaves } from './order-leaves.js';
import { outcomeLeaf } from './outcome-leaves.js';
import { noteChanges, type ToldChange } from './told-changes.js';

/** The name under which the log reads the feed. */
export const READER = 'log';

/** Changes that are read at once, and the people that they may be about. */
const MOST_CHANGES = 500;
const MOST_PEOPLE = 20_000;

/** The result of a round. */
export interface Round {
  /** Whether there is more to do at once. */
  readonly hasMore: boolean;
  /** Whether the log has everything that was found. */
  readonly isWhole: boolean;
}

/** What was read from one snapshot. */
interface Look {
  readonly moment: Moment;
  readonly isTruncated: boolean;
  /** First leaves of campaigns, and late ones. */
  readonly leaves: readonly CampaignLeaf[];
  readonly news: readonly FoundNews[];
}

/**
 * Turns committed rows into leaves, in rounds: one snapshot, one order, one transaction. Memory: what is open, and what
 * is new. After any failure it does not know what was committed; make another one.
 */
export class Sequencer {
  private readonly log = new EventLog(Sequencer.name);
  private order = 0;

  /**
   * @param position how far the feed was read when everything before was in the log
   * @param patienceMs how long rows may contradict the rules before the log of their campaign is stopped
   */
  constructor(
    private readonly source: DataSource,
    private readonly feed: ChangeFeed,
    private readonly writer: LogWriter,
    private readonly campaigns: Map<string, OpenCampaign>,
    private position: ChangePosition,
    private readonly patienceMs: number,
    private readonly failpoints: Failpoints,
  ) {}

  async round(): Promise<Round> {
    const before = this.position;
    const look = await this.source.transaction('REPEATABLE READ', (snapshot) => this.look(snapshot));
    const leaves: Leaf[] = [...look.leaves];
    let isWhole = !look.isTruncated;
    for (const found of look.news) {
      const ordered = this.orderOf(found, look);
      leaves.push(...ordered.leaves);
      isWhole &&= this.isWhole(found, ordered);
    }
    this.failpoints.reach('log.ordered');
    if (leaves.length > 0) await this.writer.append(leaves, (transaction) => this.confirm(transaction));
    else if (before !== this.position)
      await this.source.transaction((transaction) => this.confirm(transaction));
    const hasMore = look.isTruncated || look.news.some((found) => found.hasMore && !found.campaign.blocked);
    return { hasMore: hasMore && leaves.length > 0, isWhole };
  }

  /** Where to read on if everything in memory is forgotten. */
  private confirm(transaction: EntityManager): Promise<void> {
    let position = this.position;
    let order = Infinity;
    for (const { oldestTold } of this.campaigns.values())
      if (oldestTold && oldestTold.order < order) ({ before: position, order } = oldestTold);
    return this.feed.confirm(transaction, READER, position);
  }

  private async look(snapshot: EntityManager): Promise<Look> {
    const moment = await readMoment(snapshot);
    const read = await this.feed.read(snapshot, this.position, MOST_CHANGES);
    const changes = firstOf(read, MOST_PEOPLE);
    const isTruncated = read.length === MOST_CHANGES || changes.length < read.length;
    const keys = await readKeys(snapshot, [...new Set(changes.map(({ campaignId }) => campaignId))]);
    const unknown = changes.filter(({ campaignId }) => !this.campaigns.has(campaignId));
    const standings = await readLogStandings(snapshot, unknown);
    const leaves: CampaignLeaf[] = [];
    const told: ToldChange[] = [];
    const late: Change[] = [];
    for (const change of changes) {
      const { campaignId } = change;
      const key = keys.get(campaignId);
      const commitments = key ? new Commitments(campaignId, key) : null;
      if (!this.campaigns.has(campaignId) && !standings.has(campaignId)) {
        const first = firstLeaf(change, commitments);
        leaves.push(first);
        if (first.kind === 'terms') this.open(campaignId, first);
        else standings.set(campaignId, 'unproven');
      }
      const campaign = this.campaigns.get(campaignId);
      if (campaign)
        told.push({ campaign, commitments, what: change, order: (this.order += 1), before: this.position });
      else if (standings.get(campaignId) === 'ended' && change.kind === 'reversed') late.push(change);
      this.position = change.position;
    }
    await noteChanges(snapshot, told);
    leaves.push(...(await this.lateReversals(snapshot, late, keys)));
    const news = await readNews(snapshot, [...this.campaigns.values()], moment.atMs, this.position);
    return { moment, isTruncated, leaves, news };
  }

  private open(campaignId: string, terms: CampaignLeaf): void {
    const replay = new CampaignReplay();
    replay.apply(terms);
    this.campaigns.set(campaignId, new OpenCampaign(campaignId, replay));
  }

  private orderOf({ campaign, news, commitments }: FoundNews, { moment, isTruncated }: Look): Ordered {
    if (!commitments) return this.stop(campaign, 'no-key', 'Its key was destroyed.', moment.atMs);
    const ordered = orderLeaves(campaign.replay, news);
    const held = new Set(ordered.held);
    campaign.outcomes = campaign.outcomes.filter(({ what }) => held.has(what));
    campaign.states = campaign.states.filter(({ what }) => what.revision > campaign.replay.revision);
    if (campaign.replay.standing !== 'open') this.campaigns.delete(campaign.id);
    const refusal = this.refusalOf(campaign, ordered);
    if (!refusal || !this.isBlockedForLong(campaign, refusal, moment, isTruncated)) return ordered;
    const stopped = this.stop(campaign, 'not-justified', refusal.sentence, moment.atMs);
    return { ...stopped, leaves: [...ordered.leaves, ...stopped.leaves] };
  }

  private refusalOf(campaign: OpenCampaign, { unjustified, endIsDue }: Ordered): Refused | null {
    if (campaign.contradiction)
      return { key: campaign.contradiction.what, sentence: campaign.contradiction.what };
    if (unjustified) {
      const { leaf, refusal } = unjustified;
      const about = 'arrivalNo' in leaf ? `arrival number ${leaf.arrivalNo}` : campaign.id;
      return {
        key: `${leaf.kind} ${about}`,
        sentence: `A leaf ${leaf.kind} of ${about} is not justified: ${refusal}`,
      };
    }
    return endIsDue ? { key: 'end', sentence: 'It is finished, but not everybody was told an end.' } : null;
  }

  private isBlockedForLong(
    campaign: OpenCampaign,
    { key, sentence }: Refused,
    { atMs, horizon, end }: Moment,
    isTruncated: boolean,
  ): boolean {
    const { blocked } = campaign;
    if (blocked?.key !== key) {
      campaign.blocked = { key, refusal: sentence, until: end, sinceMs: null };
      return false;
    }
    if (blocked.sinceMs !== null) return atMs - blocked.sinceMs > this.patienceMs;
    if (horizon >= blocked.until && !isTruncated) campaign.blocked = { ...blocked, sinceMs: atMs };
    return false;
  }

  private stop(
    campaign: OpenCampaign,
    code: 'not-justified' | 'no-key',
    cause: string,
    atMs: number,
  ): Ordered {
    this.log.write('log-stopped', { campaignId: campaign.id, code, cause });
    this.campaigns.delete(campaign.id);
    const leaf = { kind: 'stopped', campaign: campaign.id, code, atMs } as const;
    return { leaves: [leaf], held: [], unjustified: null, endIsDue: false };
  }

  private isWhole({ campaign, hasMore, lastArrivalNo }: FoundNews, ordered: Ordered): boolean {
    if (ordered.unjustified === null && !campaign.contradiction)
      campaign.blocked = ordered.endIsDue ? campaign.blocked : null;
    if (!this.campaigns.has(campaign.id)) return true;
    return !hasMore && campaign.oldestTold === null && campaign.replay.nextArrivalNo > lastArrivalNo;
  }

  /** After its `end`, a campaign takes nothing but money that came back and whose slot stays used. */
  private async lateReversals(
    snapshot: EntityManager,
    changes: readonly Change[],
    keys: ReadonlyMap<string, Buffer>,
  ): Promise<readonly CampaignLeaf[]> {
    const people = changes.flatMap(({ campaignId, arrivalNos, at }) =>
      arrivalNos.map((arrivalNo) => ({ campaignId, arrivalNo, atMs: at.getTime() })),
    );
    if (people.length === 0) return [];
    const grants = await readGrants(snapshot, people);
    const unreversed = await readUnreversed(snapshot, people);
    return people.flatMap((person, place) => {
      const key = keys.get(person.campaignId);
      if (!key || !unreversed[place]) return [];
      const commitments = new Commitments(person.campaignId, key);
      const leaf = outcomeLeaf({ ...person, outcome: 'reversed' }, grants[place] ?? null, commitments);
      return typeof leaf !== 'string' && leaf.kind === 'reversed' && leaf.effect === 'keep' ? [leaf] : [];
    });
  }
}

interface Refused {
  readonly key: string;
  readonly sentence: string;
}

/** A campaign that begins with anything but its terms is older than the log. */
function firstLeaf({ kind, campaignId, detail, at }: Change, commitments: Commitments | null): CampaignLeaf {
  return kind === 'terms' && commitments
    ? termsLeaf(campaignId, detail as FoundTerms, commitments, at.getTime())
    : { kind: 'unproven', campaign: campaignId, atMs: at.getTime() };
}

/** As many changes as are about `most` people, and at least one. */
function firstOf(changes: readonly Change[], most: number): readonly Change[] {
  let people = 0;
  const end = changes.findIndex(({ arrivalNos }, place) => (people += arrivalNos.length) > most && place > 0);
  return end < 0 ? changes : changes.slice(0, end);
}

/** What the log says of these campaigns; those that it does not know are missing. */
async function readLogStandings(
  snapshot: EntityManager,
  changes: readonly Change[],
): Promise<Map<string, string>> {
  if (changes.length === 0) return new Map();
  const found = await rows<{ id: string; standing: string }>(
    snapshot,
    `SELECT campaign_id AS id, standing FROM log_campaigns WHERE campaign_id = ANY ($1::text[])`,
    [[...new Set(changes.map(({ campaignId }) => campaignId))]],
  );
  return new Map(found.map(({ id, standing }) => [id, standing]));
}
