import type { DataSource, EntityManager } from 'typeorm';
import type { FormattedLeaf, LoggedLine } from './formatted-leaf.js';
import { GrowingTree } from './growing-tree.js';
import { appendToLog, type NewLeaf, noteCampaigns } from './log-store.js';
import { tilesIn } from './log-tiles.js';

/** Appends leaves to the log. After a failure it does not know what was committed: read another one. */
export class LogWriter {
  private constructor(
    private readonly source: DataSource | EntityManager,
    private readonly tree: GrowingTree,
  ) {}

  /** @param size of the log */
  static async read(source: DataSource | EntityManager, size: number): Promise<LogWriter> {
    return new LogWriter(source, await GrowingTree.read(tilesIn(source), size));
  }

  /** How many leaves are committed. */
  get size(): number {
    return this.tree.size;
  }

  /** The root of what is committed. */
  get root(): Uint8Array {
    return this.tree.root;
  }

  /**
   * Commits leaves, with whatever belongs to them.
   * @param beside runs in the same transaction
   * @throws LogWrittenByAnother when another process has appended meanwhile: nothing was
   */
  async append(
    leaves: readonly FormattedLeaf[],
    beside: (transaction: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.source.transaction(async (transaction) => {
      await this.appendWithin(transaction, leaves);
      await beside(transaction);
    });
  }

  /**
   * Appends leaves in the caller's transaction.
   * @throws LogWrittenByAnother when another process has appended meanwhile
   */
  async appendWithin(transaction: EntityManager, leaves: readonly LoggedLine[]): Promise<void> {
    const from = this.tree.size;
    const added = leaves.map(newLeaf);
    const tiles = this.tree.append(added.map(({ line }) => line));
    await appendToLog(transaction, from, added, tiles);
    await noteCampaigns(
      transaction,
      from,
      leaves.map(({ leaf }) => leaf),
    );
  }
}

function newLeaf({ leaf, line }: LoggedLine): NewLeaf {
  // Of a leaf that cannot be read: all kinds but `log` name their campaign there.
  if (!leaf) return { campaignId: line.split(' ')[2] ?? '', arrivalNo: null, line };
  return {
    campaignId: leaf.kind === 'log' ? null : leaf.campaign,
    arrivalNo: 'arrivalNo' in leaf && leaf.kind !== 'full' ? leaf.arrivalNo : null,
    line,
  };
}
