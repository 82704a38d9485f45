import type { Change } from '../../changes/change-feed.js';
import type { Commitments } from './commitments.js';
import type { FrozenLists, ReadingOfList } from './frozen-lists.js';
import type { OpenCampaign, Told } from './open-campaign.js';

/** A change that the feed told. */
export interface ReadChange extends Told<Change> {
  /** The list that it has frozen; null when no terms commit to it. */
  readonly list: ReadingOfList | null;
}

/** Of a list that was frozen again after the database was set back. */
const OTHER_LIST = 'The list of who may claim is not the one that its terms commit to.';

/**
 * Changes that the log cannot take, or judge, before a list is read: the terms of a campaign commit to its list, and a
 * list that was frozen once more has to be the same.
 */
export class ListedChanges {
  /** Of campaigns whose terms wait for their list, in the order of the feed. */
  private waiting: readonly ReadChange[] = [];
  /** Those that froze a list to which the log commits already. */
  private unchecked: readonly ReadChange[] = [];

  constructor(private readonly lists: FrozenLists) {}

  /** All that were told and are not settled. */
  get unsettled(): readonly ReadChange[] {
    return [...this.waiting, ...this.unchecked];
  }

  get areWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Gives those back that wait, to be looked at again. */
  takeWaiting(): readonly ReadChange[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /**
   * What the terms of a campaign commit to that is not in the log yet.
   * @param commitments null when the campaign's key was destroyed
   * @returns undefined while they wait; a null `root` if the campaign has no list
   */
  commitmentOf(
    read: ReadChange,
    commitments: Commitments | null,
  ): { readonly root: string | null } | undefined {
    if (hasOpenList(read.what)) return undefined; // the change that freezes it comes later
    const list = this.listOf(read, commitments, null);
    if (list?.root === null || this.isWaiting(read.what.campaignId)) {
      this.waiting = [...this.waiting, { ...read, list }];
      return undefined;
    }
    return { root: list?.root ?? null };
  }

  /** Notes that a campaign whose terms commit to `logged` has frozen a list, if it has. */
  compare(read: ReadChange, commitments: Commitments | null, logged: string): void {
    const list = this.listOf(read, commitments, logged);
    if (list) this.unchecked = [...this.unchecked, { ...read, list }];
  }

  /** A list that is not the one to which the log commits is a contradiction. */
  check(campaigns: ReadonlyMap<string, OpenCampaign>): void {
    const isRead = ({ list }: ReadChange): boolean => list?.root !== null;
    for (const { what, order, before, list } of this.unchecked.filter(isRead)) {
      const campaign = campaigns.get(what.campaignId);
      if (campaign && campaign.replay.eligibleRoot !== list?.root)
        campaign.contradiction ??= { what: OTHER_LIST, order, before };
    }
    this.unchecked = this.unchecked.filter((read) => !isRead(read));
  }

  /** The list that a change has frozen; null when it froze none, or the campaign's key was destroyed. */
  private listOf(
    { what: { kind, campaignId }, list }: ReadChange,
    commitments: Commitments | null,
    logged: string | null,
  ): ReadingOfList | null {
    if (list || kind !== 'listed' || !commitments) return list;
    return this.lists.read({ campaignId, commitments, logged });
  }

  private isWaiting(campaignId: string): boolean {
    return this.waiting.some(({ what }) => what.campaignId === campaignId);
  }
}

/** Whether the campaign has a list that may still change after this. */
function hasOpenList({ kind, detail }: Change): boolean {
  const isOfTerms = kind === 'terms' || kind === 'state';
  return isOfTerms && (detail as { readonly hasOpenList?: boolean } | null)?.hasOpenList === true;
}
