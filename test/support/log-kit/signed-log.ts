import { toBase64, utf8 } from '../../../src/transparency/formats/bytes.js';
import { formatCheckpoint } from '../../../src/transparency/formats/checkpoint.js';
import {
  hashLeaf,
  hashNode,
  inclusionProof,
  subtreesOf,
} from '../../../src/transparency/formats/merkle-tree.js';
import { COSIGNATURE, formatVerifierKey, makeSignerKey } from '../../../src/transparency/formats/note-key.js';
import { cosign, formatNote, signNote } from '../../../src/transparency/formats/signed-note.js';
import { formatTlogProof } from '../../../src/transparency/formats/tlog-proof.js';
import { TreeEdge } from '../../../src/transparency/formats/tree-edge.js';

export const ORIGIN = 'test.example/log';
export const LOG_KEY = makeSignerKey(ORIGIN, new Uint8Array(32).fill(1));
export const RECEIPT_KEY = makeSignerKey(`${ORIGIN}/receipts`, new Uint8Array(32).fill(2));
export const WITNESSES = [3, 4, 5].map((n) =>
  makeSignerKey(`witness-${n}.example`, new Uint8Array(32).fill(n), COSIGNATURE),
);
export const LOG_LEAF = `v1 log ${formatVerifierKey(RECEIPT_KEY)} 100000 1764000000000`;
/** Two of the three witnesses must have cosigned. */
export const POLICY = [
  `log ${formatVerifierKey(LOG_KEY)}`,
  ...WITNESSES.map((key, n) => `witness w${n} ${formatVerifierKey(key)}`),
  'group all-of-us 2 w0 w1 w2',
  'quorum all-of-us',
  '',
].join('\n');

/** How a checkpoint is signed. */
export interface Signing {
  readonly key?: typeof LOG_KEY;
  readonly witnesses?: typeof WITNESSES;
  /** ms since 1970. */
  readonly seenAtMs?: number;
}

/** A log as its operator signs it: a tree of leaves, checkpoints, proofs. For logs that fit into memory. */
export class SignedLog {
  private readonly hashes: readonly Uint8Array[];

  constructor(readonly leaves: readonly string[]) {
    this.hashes = leaves.map((leaf) => hashLeaf(utf8(leaf)));
  }

  root(size = this.leaves.length): Uint8Array {
    const edge = new TreeEdge();
    for (const hash of this.hashes.slice(0, size)) edge.append(hash);
    return edge.root();
  }

  checkpoint(size = this.leaves.length, signing: Signing = {}): string {
    const {
      key = LOG_KEY,
      witnesses = WITNESSES,
      seenAtMs = timeAfter(this.leaves.slice(0, size)),
    } = signing;
    const text = formatCheckpoint({ origin: ORIGIN, size, root: this.root(size) });
    const seconds = Math.ceil(seenAtMs / 1000);
    const signatures = [signNote(text, key), ...witnesses.map((witness) => cosign(text, seconds, witness))];
    return formatNote({ text, signatures });
  }

  /** The proof of a campaign. @param checkpoints earlier ones, and the last */
  proof(campaign: string, checkpoints: readonly string[] = [this.checkpoint()]): string {
    const head = {
      origin: ORIGIN,
      campaign,
      logKey: formatVerifierKey(LOG_KEY),
      policy: POLICY,
      checkpoints,
    };
    return `seonchak-proof/v1\n${JSON.stringify(head)}\n${this.tree(campaign)}`;
  }

  /** A leaf's proof against the whole log. */
  async inclusion(
    index: number,
    extra: Uint8Array | null = null,
    checkpoint = this.checkpoint(),
  ): Promise<string> {
    const read = (ids: readonly { level: number; index: number }[]): Promise<Uint8Array[]> =>
      Promise.resolve(ids.map((id) => this.subtree(id.level, id.index)));
    const hashes = await inclusionProof(read, this.leaves.length, index);
    return formatTlogProof({ extra, index, hashes, checkpoint });
  }

  private tree(campaign: string): string {
    const from = this.leaves.findIndex((leaf) => isOf(leaf, campaign));
    const end = this.leaves.findIndex((leaf) => isOf(leaf, campaign) && leaf.startsWith('v1 end '));
    const to = end === -1 ? this.leaves.length : end + 1;
    let text = '';
    let hiddenFrom = 0;
    this.leaves.forEach((leaf, index) => {
      const isGiven = (index >= from && index < to) || isOf(leaf, campaign) || leaf.startsWith('v1 log ');
      if (!isGiven) return;
      text += `${this.nodes(hiddenFrom, index)}l ${leaf}\n`;
      hiddenFrom = index + 1;
    });
    return text + this.nodes(hiddenFrom, this.leaves.length);
  }

  private nodes(from: number, to: number): string {
    return subtreesOf(from, to)
      .map(({ level, index }) => `n ${level} ${toBase64(this.subtree(level, index))}\n`)
      .join('');
  }

  private subtree(level: number, index: number): Uint8Array {
    if (level === 0) return this.hashes[index] ?? new Uint8Array();
    return hashNode(this.subtree(level - 1, 2 * index), this.subtree(level - 1, 2 * index + 1));
  }
}

function isOf(leaf: string, campaign: string): boolean {
  return leaf.split(' ')[2] === campaign;
}

/** A moment after everything that these leaves tell. */
function timeAfter(leaves: readonly string[]): number {
  const times = leaves.flatMap((leaf) => (leaf.match(/\b17\d{11}\b/g) ?? []).map(Number));
  return Math.max(0, ...times) + 1000;
}
