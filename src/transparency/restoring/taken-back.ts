import type { CampaignLeaf } from '../sequencer/campaign-replay.js';

/** A leaf of a campaign, and the last arrival number of it that was in the log before. */
export interface PlacedLeaf {
  readonly leaf: CampaignLeaf;
  readonly behind: number;
}

/**
 * The highest number from which a `restored` takes the leaf back, and with it from all lower ones; 0 if none does. A
 * `full` is not taken back: it comes anew by itself.
 */
export function takenBackFrom({ leaf, behind }: PlacedLeaf): number {
  switch (leaf.kind) {
    case 'epoch':
    case 'state':
    case 'end':
      return behind + 1;
    case 'lost':
      return leaf.from;
    case 'terms':
    case 'unproven':
    case 'full':
    case 'stopped':
    case 'restored':
      return 0;
    default:
      return leaf.arrivalNo;
  }
}

/**
 * Follows the leaves of one campaign, and keeps those that count and that a `restored` from some number on would take
 * back. Memory: what is kept.
 */
export class TakenBack {
  private last = 0;
  private kept: PlacedLeaf[] = [];

  /** @param from that number */
  constructor(private readonly from: number) {}

  /** In the order of the log. */
  get leaves(): readonly PlacedLeaf[] {
    return this.kept;
  }

  /** Follows a leaf without keeping it. */
  pass(leaf: CampaignLeaf): void {
    if (leaf.kind === 'claim') this.last = leaf.arrivalNo;
    else if (leaf.kind === 'lost') this.last = leaf.to;
    else if (leaf.kind === 'restored') this.forget(leaf.from);
  }

  read(leaf: CampaignLeaf): void {
    const placed = { leaf, behind: this.last };
    if (takenBackFrom(placed) >= this.from) this.kept.push(placed);
    this.pass(leaf);
  }

  /** An earlier restore took these back: they do not count. */
  private forget(from: number): void {
    this.kept = this.kept.filter((placed) => takenBackFrom(placed) < from);
    this.last = from - 1;
  }
}
