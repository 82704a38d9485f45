import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '../formats/bytes.js';
import type { Checkpoint } from '../formats/checkpoint.js';
import { decodeEntries } from '../formats/entry-bundle.js';
import { TILE_WIDTH, type TileId, tilePath } from '../formats/tile-path.js';
import { GrowingTree } from '../log/growing-tree.js';
import type { TileGrowth } from '../log/log-store.js';
import { CopyRefused } from './copy-refused.js';
import type { LogSource } from './log-source.js';
import { writeWhole } from './whole-file.js';

const HASH_BYTES = 32;

/** Writes the tiles of a tree that a folder lacks. Memory: the right edge of the tree, and the paths. */
export class GrowingCopy {
  /** Paths of files that were not there before. */
  private readonly written: string[] = [];
  /** By level: the last tile of hashes, as long as it is not full. */
  private readonly open = new Map<number, { readonly id: TileId; readonly hashes: Uint8Array }>();

  constructor(
    private readonly source: LogSource,
    private readonly folder: string,
  ) {}

  /**
   * @returns how many files were written
   * @throws CopyRefused when the leaves are not those that were signed; like any failure it leaves nothing behind
   */
  async grow(before: Checkpoint | null, next: Checkpoint): Promise<number> {
    try {
      await this.append(before, next);
    } catch (error) {
      for (const path of this.written) await rm(path, { force: true });
      throw error;
    }
    return this.written.length;
  }

  private async append(before: Checkpoint | null, next: Checkpoint): Promise<void> {
    // From the last bundle that was not full, which is read anew.
    const from = Math.floor((before?.size ?? 0) / TILE_WIDTH);
    const tree = await GrowingTree.read(
      (ids) => Promise.all(ids.map((id) => this.kept(id))),
      from * TILE_WIDTH,
    );
    if (before?.size === tree.size) this.mustBe(tree, before);
    for (let index = from; index * TILE_WIDTH < next.size; index += 1) {
      const lines = await this.bundle(index, Math.min(TILE_WIDTH, next.size - index * TILE_WIDTH));
      const known = Math.max(0, Math.min((before?.size ?? 0) - tree.size, lines.length));
      for (const growth of tree.append(lines.slice(0, known))) await this.extend(growth);
      if (before?.size === tree.size) this.mustBe(tree, before);
      for (const growth of tree.append(lines.slice(known))) await this.extend(growth);
    }
    this.mustBe(tree, next);
    for (const { id, hashes } of this.open.values()) await this.write(id, hashes);
  }

  private mustBe(tree: GrowingTree, { size, root }: Checkpoint): void {
    if (!equalBytes(tree.root, root))
      throw new CopyRefused(
        `The leaves of the log are not those that were signed with the checkpoint of ${size} leaves: it is another ` +
          `history than that in ${this.folder}, or one of both is damaged. Nothing was changed.`,
      );
  }

  private async bundle(index: number, width: number): Promise<readonly string[]> {
    const id = { level: 'entries', index, width } as const;
    const bytes = await this.source.tile(id);
    const lines = decodeEntries(bytes, width).map((entry) => Buffer.from(entry).toString('latin1'));
    await this.write(id, bytes);
    return lines;
  }

  private async extend({ level, index, from, hashes: added }: TileGrowth): Promise<void> {
    const earlier =
      from === 0
        ? new Uint8Array()
        : (this.open.get(level)?.hashes ?? (await this.kept({ level, index, width: from })));
    const hashes = Buffer.concat([earlier, added]);
    const id = { level, index, width: hashes.length / HASH_BYTES };
    this.open.set(level, { id, hashes });
    if (id.width < TILE_WIDTH) return;
    this.open.delete(level);
    await this.write(id, hashes);
  }

  private kept(id: TileId): Promise<Uint8Array> {
    return readFile(join(this.folder, tilePath(id)));
  }

  private async write(id: TileId, bytes: Uint8Array): Promise<void> {
    const path = join(this.folder, tilePath(id));
    this.written.push(path);
    await writeWhole(path, bytes);
  }
}
