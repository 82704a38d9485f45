import { randomBytes } from 'node:crypto';
import { formatCheckpoint } from '../formats/checkpoint.js';
import { hashLeaf } from '../formats/merkle-tree.js';
import { formatNote } from '../formats/signed-note.js';
import { formatTlogProof } from '../formats/tlog-proof.js';
import type { PromiseLeaf } from './promise-leaf.js';
import type { ReceiptKey } from './receipt-key.js';
import { wholeTree } from './whole-tree.js';

/** Most promises under one signature: their paths have at most nine hashes. */
const MOST_TOGETHER = 512;
const BATCHES_AT_ONCE = 2;
const ID_BYTES = 8;

interface Asked {
  readonly leaf: PromiseLeaf;
  readonly resolve: (receipt: string) => void;
  readonly reject: (reason: unknown) => void;
}

/** Signs promises: one signature for all that are asked for at about the same time, and a short path for each. */
export class PromiseBatches {
  private readonly queue: Asked[] = [];
  private underWay = 0;
  private isDue = false;

  constructor(private readonly key: ReceiptKey) {}

  /** @returns a receipt: the text of a `tlog-proof` */
  sign(leaf: PromiseLeaf): Promise<string> {
    return new Promise((resolve, reject) => {
      this.queue.push({ leaf, resolve, reject });
      this.begin();
    });
  }

  private begin(): void {
    if (this.isDue || this.queue.length === 0 || this.underWay >= BATCHES_AT_ONCE) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      void this.signTogether(this.queue.splice(0, MOST_TOGETHER));
    });
  }

  private async signTogether(asked: readonly Asked[]): Promise<void> {
    this.underWay++;
    this.begin();
    try {
      const receipts = await this.receipts(asked.map(({ leaf }) => leaf));
      asked.forEach(({ resolve }, i) => resolve(receipts[i] ?? ''));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      this.underWay--;
      this.begin();
    }
  }

  private async receipts(leaves: readonly PromiseLeaf[]): Promise<readonly string[]> {
    const { root, paths } = wholeTree(leaves.map(({ bytes }) => hashLeaf(bytes)));
    const origin = `${this.key.origin}/receipts/${randomBytes(ID_BYTES).toString('hex')}`;
    const text = formatCheckpoint({ origin, size: leaves.length, root });
    const checkpoint = formatNote({ text, signatures: [await this.key.sign(text)] });
    return leaves.map(({ extra }, index) =>
      formatTlogProof({ extra, index, hashes: paths[index] ?? [], checkpoint }),
    );
  }
}
