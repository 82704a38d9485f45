import type { ChangePosition } from '../../changes/change-feed.js';
import type { LeafOf } from '../formats/leaf.js';
import type { Blocked } from './blocking.js';
import type { CampaignReplay, OutcomeLeaf } from './campaign-replay.js';

/** Something that the feed told, with how far the feed had been read before it. */
export interface Told<T> {
  readonly what: T;
  /** Rises with each change that is read. */
  readonly order: number;
  readonly before: ChangePosition;
}

/** What the sequencer knows of a campaign whose leaves are not all there. */
export class OpenCampaign {
  /** Changes of the terms that wait for their place. `afterArrivalNo` is not known yet. */
  states: readonly Told<Omit<LeafOf<'state'>, 'afterArrivalNo'>>[] = [];
  /** What became of people and could not be logged yet. */
  outcomes: readonly Told<OutcomeLeaf>[] = [];
  /** That it is finished. */
  finished: Told<{ readonly atMs: number }> | null = null;
  /** A change that the rows do not bear out. */
  contradiction: Told<string> | null = null;
  blocked: Blocked | null = null;
  /** What of its data cannot be worked with at all; its log is stopped in the same round. Null for nothing. */
  fault: string | null = null;

  constructor(
    readonly id: string,
    readonly replay: CampaignReplay,
  ) {}

  /**
   * Does what is about this campaign alone, and reads nothing: whatever fails is a fault of its data, and ends neither
   * the round nor the log of another campaign.
   * @returns null when it failed
   */
  attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.fault ??= String(error);
      return null;
    }
  }

  /** The first thing that the feed told and that the log does not have; null when there is none. */
  get oldestTold(): Told<unknown> | null {
    const all = [...this.states, ...this.outcomes, this.finished, this.contradiction];
    return all.reduce<Told<unknown> | null>(
      (oldest, told) => (told && (!oldest || told.order < oldest.order) ? told : oldest),
      null,
    );
  }
}
