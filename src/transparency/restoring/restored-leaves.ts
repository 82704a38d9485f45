import type { CampaignLeaf, CampaignReplay } from '../sequencer/campaign-replay.js';

/** What a campaign is taken back to. */
export interface TakeBack {
  readonly campaign: string;
  /** The first number of which the log says something that does not hold; all later ones are taken back with it. */
  readonly from: number;
  /** What the log of the database says of these numbers, in its order: it holds, and is said again. */
  readonly again: readonly CampaignLeaf[];
  readonly atMs: number;
}

/**
 * The leaves that take a campaign back to where the log of the database has it, and no further: a `restored`, and what
 * held before the database was set back. The sequencer says the rest, from the rows and the feed.
 *
 * What is said again is justified as it was the first time: earlier people have only come further since, and the
 * holders of a slot follow each other by arrival. If it were not, the log of the campaign is stopped.
 * @param replay of the log as it was published; the leaves are applied to it
 */
export function restoredLeaves(
  replay: CampaignReplay,
  { campaign, from, again, atMs }: TakeBack,
): CampaignLeaf[] {
  const leaves: CampaignLeaf[] = [];
  const append = (leaf: CampaignLeaf): boolean => {
    if (replay.justify(leaf) !== null) return false;
    replay.apply(leaf);
    leaves.push(leaf);
    return true;
  };
  append({ kind: 'restored', campaign, from, to: replay.nextArrivalNo - 1, atMs });
  for (const leaf of again) {
    if (!append(leaf)) {
      append({ kind: 'stopped', campaign, code: 'not-justified', atMs });
      break;
    }
    if (replay.due) append(replay.due);
  }
  return leaves;
}

/** The leaves that end the log of a campaign which the database does not know, or knows by another key. */
export function leavesOfLostCampaign(
  replay: CampaignReplay,
  campaign: string,
  atMs: number,
): readonly CampaignLeaf[] {
  return [
    { kind: 'restored', campaign, from: 1, to: replay.nextArrivalNo - 1, atMs },
    { kind: 'stopped', campaign, code: 'not-justified', atMs },
  ];
}
