import type { DataSource } from 'typeorm';
import { equalBytes } from '../formats/bytes.js';
import type { CommittedTree } from '../log/checkpointer.js';
import { rootIn } from '../log/growing-tree.js';
import { tilesIn } from '../log/log-tiles.js';
import type { CampaignReplay } from './campaign-replay.js';
import type { OpenCampaign } from './open-campaign.js';

/** They are copied again once the log has grown by so many leaves: as many are read again after a failure, at most. */
const LEAVES_BEHIND = 100_000;

/** Campaigns as they were when the log was so far, for a writer that has to begin anew. */
export class KeptReplays {
  private constructor(
    readonly tree: CommittedTree,
    private readonly replays: ReadonlyMap<string, CampaignReplay>,
  ) {}

  /**
   * What to keep from now on.
   * @param tree all that is committed; the campaigns are replayed up to there and no further
   */
  static of(
    tree: CommittedTree,
    campaigns: ReadonlyMap<string, OpenCampaign>,
    before: KeptReplays | null,
  ): KeptReplays {
    if (before && tree.size - before.tree.size < LEAVES_BEHIND) return before;
    const sound = [...campaigns.values()].filter(({ fault }) => fault === null);
    const { size, root } = tree; // of a writer, which goes on
    return new KeptReplays({ size, root }, new Map(sound.map(({ id, replay }) => [id, replay.copy()])));
  }

  /**
   * Whether the log begins with what was kept: the database may have been set back meanwhile, or be another one.
   * @param size of the log
   */
  async isBeginningOf(source: DataSource, size: number): Promise<boolean> {
    const { tree } = this;
    return tree.size <= size && equalBytes(await rootIn(tilesIn(source), tree.size), tree.root);
  }

  /** A copy; undefined when the campaign is not known. */
  replayOf(campaignId: string): CampaignReplay | undefined {
    return this.replays.get(campaignId)?.copy();
  }
}
