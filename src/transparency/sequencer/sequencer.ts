import type { DataSource, EntityManager } from 'typeorm';
import type { Change, ChangeFeed, ChangePosition } from '../../changes/change-feed.js';
import { type Moment, readMoment } from '../../changes/moment.js';
import type { Failpoints } from '../../platform/failpoints/failpoints.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { rows } from '../../platform/postgres/rows.js';
import type { LeafOf } from '../formats/leaf.js';
import { type FormattedLeaf, formatted, formattedUpToFault } from '../log/formatted-leaf.js';
import type { LogWriter } from '../log/log-writer.js';
import { blockedBy, isForLong, type Refused } from './blocking.js';
import { type CampaignLeaf, CampaignReplay } from './campaign-replay.js';
import { Commitments } from './commitments.js';
import { type FoundTerms, opening, termsLeaf } from './first-leaves.js';
import { readKeys } from './found-facts.js';
import type { FrozenLists } from './frozen-lists.js';
import { lateReversals } from './late-reversals.js';
import { ListedChanges, type ReadChange } from './listed-changes.js';
import { type FoundNews, readNews } from './news-reader.js';
import { OpenCampaign } from './open-campaign.js';
import { type Ordered, orderLeaves } from './order-leaves.js';
import { Sightings } from './sightings.js';
import { noteChanges, type ToldChange } from './told-changes.js';

/** The name under which the log reads the feed. */
export const READER = 'log';

/** Changes that are read at once, and the people that they may be about. */
const MOST_CHANGES = 500;
const MOST_PEOPLE = 5_000;

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
  /** Whether there were more changes than are read at once. */
  readonly isTruncated: boolean;
  /** Whether changes are committed that were not read: also those that the feed does not show yet. */
  readonly isBehind: boolean;
  /** First leaves of campaigns, late ones, and the last ones of campaigns whose data cannot be worked with. */
  readonly leaves: readonly FormattedLeaf[];
  readonly news: readonly FoundNews[];
}

/**
 * Turns committed rows into leaves, in rounds: one snapshot, one order, one transaction. Memory: what is open, and what
 * is new. After any failure it does not know what was committed; make another one.
 *
 * What one campaign's data makes fail stops the log of that campaign alone. Whatever else fails, a server above all,
 * fails the round.
 */
export class Sequencer {
  private readonly log = new EventLog(Sequencer.name);
  private order = 0;
  private readonly sightings = new Sightings();
  private confirmed: ChangePosition;
  private readonly listed: ListedChanges;

  /**
   * @param position how far the feed was read when everything before was in the log
   * @param patienceMs how long rows may contradict the rules before the log of their campaign is stopped
   */
  constructor(
    private readonly source: DataSource,
    private readonly feed: ChangeFeed,
    private readonly writer: LogWriter,
    lists: FrozenLists,
    private readonly campaigns: Map<string, OpenCampaign>,
    private position: ChangePosition,
    private readonly patienceMs: number,
    private readonly failpoints: Failpoints,
  ) {
    this.confirmed = position;
    this.listed = new ListedChanges(lists);
  }

  /**
   * @param upTo it takes only what rounds had seen by then, by `performance.now()`; Infinity: all. While anything
   *   contradicts the rules it takes all, since the time that is given to a contradiction begins when all is read.
   */
  async round(upTo: number): Promise<Round> {
    const isBlocked = [...this.campaigns.values()].some(({ blocked }) => blocked);
    const look = await this.source.transaction('REPEATABLE READ', (snapshot) =>
      this.look(snapshot, isBlocked ? Infinity : upTo),
    );
    const leaves: FormattedLeaf[] = [...look.leaves];
    let isWhole = !look.isBehind;
    for (const found of look.news) {
      const ordered = this.attemptOrder(found, look);
      const said = formattedUpToFault(ordered.leaves);
      leaves.push(...said.leaves);
      if (said.fault !== null) leaves.push(formatted(this.stop(found.campaign, said.fault, look.moment)));
      isWhole &&= this.isWhole(found, ordered);
    }
    this.failpoints.reach('log.ordered');
    const { readUpTo } = this;
    const confirm = (transaction: EntityManager): Promise<void> =>
      this.feed.confirm(transaction, READER, readUpTo);
    if (leaves.length > 0) await this.writer.append(leaves, confirm);
    else if (readUpTo !== this.confirmed) await this.source.transaction(confirm);
    this.confirmed = readUpTo;
    const hasMore =
      look.isTruncated || look.news.some((found) => found.isTruncated && !found.campaign.blocked);
    return { hasMore: hasMore && leaves.length > 0, isWhole };
  }

  /** Where to read on if everything in memory is forgotten. */
  private get readUpTo(): ChangePosition {
    let position = this.position;
    let order = Infinity;
    const ofCampaigns = [...this.campaigns.values()].map(({ oldestTold }) => oldestTold);
    for (const told of [...ofCampaigns, ...this.listed.unsettled])
      if (told && told.order < order) ({ before: position, order } = told);
    return position;
  }

  private async look(snapshot: EntityManager, upTo: number): Promise<Look> {
    const atMs = performance.now();
    const moment = await readMoment(snapshot);
    const sighting = this.sightings.by(upTo);
    const seen = upTo === Infinity ? null : sighting;
    const read = await this.feed.read(snapshot, this.position, MOST_CHANGES, seen?.horizon);
    const changes = firstOf(read, MOST_PEOPLE);
    const isTruncated = read.length === MOST_CHANGES || changes.length < read.length;
    const fresh = changes.map((what) => {
      const before = this.position;
      this.position = what.position;
      return { what, order: (this.order += 1), before, list: null };
    });
    const due: readonly ReadChange[] = [...this.listed.takeWaiting(), ...fresh];
    const keys = await readKeys(snapshot, [...new Set(due.map(({ what }) => what.campaignId))]);
    const unknown = due.map(({ what }) => what).filter(({ campaignId }) => !this.campaigns.has(campaignId));
    const standings = await readLogStandings(snapshot, unknown);
    const leaves: FormattedLeaf[] = [];
    const told: ToldChange[] = [];
    const late: Change[] = [];
    for (const read of due) {
      const { what: change, order, before } = read;
      const { campaignId } = change;
      const key = keys.get(campaignId);
      const commitments = key ? new Commitments(campaignId, key) : null;
      if (!this.campaigns.has(campaignId) && !standings.has(campaignId)) {
        const commitment = this.listed.commitmentOf(read, commitments);
        if (!commitment) continue;
        const first = this.firstLeaves(change, commitments, commitment.root);
        leaves.push(...first);
        const terms = first.map(({ leaf }) => leaf).find((leaf) => leaf.kind === 'terms');
        if (terms) this.open(campaignId, terms);
        else standings.set(campaignId, 'unproven');
      } else {
        const logged = this.campaigns.get(campaignId)?.replay.eligibleRoot ?? null;
        if (logged !== null) this.listed.compare(read, commitments, logged);
      }
      const campaign = this.campaigns.get(campaignId);
      if (campaign) told.push({ campaign, commitments, what: change, order, before });
      else if (standings.get(campaignId) === 'ended' && change.kind === 'reversed') late.push(change);
    }
    this.listed.check(this.campaigns);
    await noteChanges(snapshot, told);
    leaves.push(...(await lateReversals(snapshot, late, keys)));
    const sound = [...this.campaigns.values()].filter(({ fault }) => fault === null);
    const news = await readNews(snapshot, sound, moment.atMs, this.position, seen?.arrivals ?? null);
    const arrivals = news.map(({ campaign, lastArrivalNo }) => [campaign.id, lastArrivalNo] as const);
    this.sightings.add({ atMs, horizon: moment.horizon, arrivals: new Map(arrivals) });
    for (const campaign of this.campaigns.values())
      if (campaign.fault !== null) leaves.push(formatted(this.stop(campaign, campaign.fault, moment)));
    const isBehind = this.listed.areWaiting || (await this.feed.hasMore(snapshot, this.position));
    return { moment, isTruncated, isBehind, leaves, news };
  }

  private open(campaignId: string, terms: CampaignLeaf): void {
    const replay = new CampaignReplay();
    replay.apply(terms);
    this.campaigns.set(campaignId, new OpenCampaign(campaignId, replay));
  }

  /** A campaign that begins with anything but its terms is older than the log. */
  private firstLeaves(
    { kind, campaignId, detail, at }: Change,
    commitments: Commitments | null,
    eligibleRoot: string | null,
  ): readonly FormattedLeaf[] {
    const atMs = at.getTime();
    const first = (): CampaignLeaf =>
      (kind === 'terms' || kind === 'listed') && commitments
        ? termsLeaf(campaignId, detail as FoundTerms, commitments, eligibleRoot, atMs)
        : { kind: 'unproven', campaign: campaignId, atMs };
    const { leaves, fault } = opening(campaignId, () => [first()], atMs);
    if (fault !== null) this.log.write('log-stopped', { campaignId, code: 'unproven', cause: fault });
    return leaves;
  }

  /** As `orderOf`. A replay that failed half-way is not known any more, so nothing of its round is said. */
  private attemptOrder(found: FoundNews, look: Look): Ordered {
    const { campaign } = found;
    const ordered = campaign.attempt(() => this.orderOf(found, look));
    return ordered ?? only(this.stop(campaign, campaign.fault ?? '', look.moment));
  }

  private orderOf({ campaign, news, commitments }: FoundNews, look: Look): Ordered {
    const { moment } = look;
    if (!commitments) return only(this.stop(campaign, 'Its key was destroyed.', moment, 'no-key'));
    const ordered = orderLeaves(campaign.replay, news);
    const held = new Set(ordered.held);
    campaign.outcomes = campaign.outcomes.filter(({ what }) => held.has(what));
    campaign.states = campaign.states.filter(({ what }) => what.revision > campaign.replay.revision);
    if (campaign.replay.standing !== 'open') this.campaigns.delete(campaign.id);
    const refusal = this.refusalOf(campaign, ordered);
    if (!refusal || !this.isBlockedForLong(campaign, refusal, look)) return ordered;
    const stopped = this.stop(campaign, refusal.sentence, moment);
    return { ...only(stopped), leaves: [...ordered.leaves, stopped] };
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

  /** The clock of the snapshot can be set, and is only told to people; patience goes by one that cannot. */
  private isBlockedForLong(campaign: OpenCampaign, refused: Refused, look: Look): boolean {
    const nowMs = performance.now();
    const { moment, isTruncated } = look;
    campaign.blocked = blockedBy(refused, campaign.blocked, { ...moment, isTruncated }, nowMs);
    return isForLong(campaign.blocked, nowMs, this.patienceMs);
  }

  private stop(
    { id: campaignId }: OpenCampaign,
    cause: string,
    { atMs }: Moment,
    code: 'not-justified' | 'no-key' = 'not-justified',
  ): LeafOf<'stopped'> {
    this.log.write('log-stopped', { campaignId, code, cause });
    this.campaigns.delete(campaignId);
    return { kind: 'stopped', campaign: campaignId, code, atMs };
  }

  private isWhole({ campaign, hasMore, lastArrivalNo }: FoundNews, ordered: Ordered): boolean {
    if (ordered.unjustified === null && !campaign.contradiction)
      campaign.blocked = ordered.endIsDue ? campaign.blocked : null;
    if (!this.campaigns.has(campaign.id)) return true;
    return !hasMore && campaign.oldestTold === null && campaign.replay.nextArrivalNo > lastArrivalNo;
  }
}

/** The last leaf of a campaign, and nothing else. */
function only(leaf: LeafOf<'stopped'>): Ordered {
  return { leaves: [leaf], held: [], unjustified: null, endIsDue: false };
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
