import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
  consistencyProof,
  type HashReader,
  inclusionProof,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../../src/transparency/formats/merkle-tree.js';
import { readHashesFromTiles } from '../../../../src/transparency/formats/tile-hash-reader.js';
import { widthAt } from '../../../../src/transparency/formats/tile-path.js';
import { GrowingTree } from '../../../../src/transparency/log/growing-tree.js';

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 6962, section 2.1, word for word, on the leaves from `from` to before `to`. */
class Definition {
  private readonly known = new Map<number, Buffer>();

  constructor(private readonly leaves: readonly string[]) {}

  /** MTH(D[from:to]). */
  hash(from: number, to: number): Buffer {
    const n = to - from;
    const key = from * 1_000_000 + to;
    const known = this.known.get(key);
    if (known) return known;
    const k = split(n);
    const hash =
      n === 0
        ? sha256()
        : n === 1
          ? sha256('\x00', this.leaves[from] ?? '')
          : sha256('\x01', this.hash(from, from + k), this.hash(from + k, to));
    this.known.set(key, hash);
    return hash;
  }

  /** PATH(m, D[from:to]), section 2.1.1. */
  path(m: number, from: number, to: number): Buffer[] {
    const n = to - from;
    if (n === 1) return [];
    const k = split(n);
    return m < k
      ? [...this.path(m, from, from + k), this.hash(from + k, to)]
      : [...this.path(m - k, from + k, to), this.hash(from, from + k)];
  }

  /** PROOF(m, D[n]), section 2.1.2. */
  proof(m: number, n: number): Buffer[] {
    return this.subproof(m, 0, n, true);
  }

  /** SUBPROOF(m, D[from:to], b). */
  private subproof(m: number, from: number, to: number, b: boolean): Buffer[] {
    const n = to - from;
    if (m === n) return b ? [] : [this.hash(from, to)];
    const k = split(n);
    return m <= k
      ? [...this.subproof(m, from, from + k, b), this.hash(from + k, to)]
      : [...this.subproof(m - k, from + k, to, false), this.hash(from, from + k)];
  }
}

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** A log that grows by these numbers of leaves; its writer starts again before each batch. */
async function grow(
  leaves: readonly string[],
  batches: readonly number[],
): Promise<{ readonly tiles: ReadonlyMap<string, Buffer>; readonly tree: GrowingTree }> {
  const tiles = new Map<string, Buffer>();
  const read = (ids: readonly { level: number | 'entries'; index: number }[]) =>
    Promise.resolve(ids.map(({ level, index }) => tiles.get(`${level}/${index}`) ?? Buffer.alloc(0)));
  let tree = await GrowingTree.read(read, 0);
  let size = 0;
  for (const batch of [...batches, leaves.length]) {
    for (const { level, index, from, hashes } of tree.append(leaves.slice(size, size + batch))) {
      const before = tiles.get(`${level}/${index}`) ?? Buffer.alloc(0);
      expect(before).toHaveLength(from * 32);
      tiles.set(`${level}/${index}`, Buffer.concat([before, hashes]));
    }
    size = Math.min(leaves.length, size + batch);
    tree = await GrowingTree.read(read, size);
  }
  return { tiles, tree };
}

/** Reads a tree of `size` leaves from tiles that may have grown since. */
function readerOf(tiles: ReadonlyMap<string, Buffer>, size: number): HashReader {
  return readHashesFromTiles(
    (ids) =>
      Promise.resolve(
        ids.map(({ level, index, width }) =>
          (tiles.get(`${level}/${index}`) ?? Buffer.alloc(0)).subarray(0, width * 32),
        ),
      ),
    size,
  );
}

const plain = (hashes: readonly Uint8Array[]): string[] =>
  hashes.map((hash) => Buffer.from(hash).toString('hex'));

const anySize = fc.oneof(
  fc.integer({ min: 1, max: 800 }),
  fc.constantFrom(255, 256, 257, 511, 512, 513, 767, 768, 769),
);

const anyLog = fc.record({
  size: anySize,
  seed: fc.string({ unit: 'binary-ascii', maxLength: 5 }),
  batches: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 }),
});

const leavesOf = ({ size, seed }: { readonly size: number; readonly seed: string }): string[] =>
  Array.from({ length: size }, (_, n) => `${seed} ${n}`);

describe('a log that grows by batches of any size', () => {
  it('has the tiles and the root that RFC 6962 defines', async () => {
    await fc.assert(
      fc.asyncProperty(anyLog, async ({ batches, ...of }) => {
        const leaves = leavesOf(of);
        const definition = new Definition(leaves);
        const { tiles, tree } = await grow(leaves, batches);
        expect(plain([tree.root])).toEqual(plain([definition.hash(0, of.size)]));
        let expected = 0;
        for (let level = 0; widthAt(of.size, level, 0) > 0; level++) {
          for (let index = 0; widthAt(of.size, level, index) > 0; index++) {
            const first = index * 256;
            const hashes = Array.from({ length: widthAt(of.size, level, index) }, (_, n) =>
              definition.hash((first + n) * 256 ** level, (first + n + 1) * 256 ** level),
            );
            expect(tiles.get(`${level}/${index}`)?.equals(Buffer.concat(hashes))).toBe(true);
            expected++;
          }
        }
        expect(tiles.size).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('has the proofs that RFC 6962 defines, in each tree that it has been', async () => {
    await fc.assert(
      fc.asyncProperty(anyLog, anySize, fc.nat(), fc.nat(), async ({ batches, ...of }, at, a, b) => {
        const leaves = leavesOf(of);
        const definition = new Definition(leaves);
        const { tiles } = await grow(leaves, batches);
        const size = Math.min(at, of.size);
        const read = readerOf(tiles, size);
        const root = definition.hash(0, size);
        expect(plain([await rootOf(read, size)])).toEqual(plain([root]));

        const index = a % size;
        const path = definition.path(index, 0, size);
        expect(plain(await inclusionProof(read, size, index))).toEqual(plain(path));
        expect(verifyInclusion(path, size, root, index, definition.hash(index, index + 1))).toBe(true);

        const old = 1 + (b % size);
        const proof = definition.proof(old, size);
        expect(plain(await consistencyProof(read, old, size))).toEqual(plain(proof));
        expect(verifyConsistency(proof, old, definition.hash(0, old), size, root)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('proves nothing else by the same hashes', () => {
    fc.assert(
      fc.property(anySize, fc.nat(), fc.nat(), (size, a, b) => {
        const definition = new Definition(leavesOf({ size, seed: '' }));
        const root = definition.hash(0, size);
        const [index, other] = [a % size, b % size];
        fc.pre(index !== other);
        const path = definition.path(index, 0, size);
        expect(verifyInclusion(path, size, root, other, definition.hash(index, index + 1))).toBe(false);
        expect(verifyInclusion(path, size, root, index, definition.hash(other, other + 1))).toBe(false);
        const [old, wrong] = [1 + index, 1 + other];
        const proof = definition.proof(old, size);
        expect(verifyConsistency(proof, old, definition.hash(0, wrong), size, root)).toBe(false);
        expect(verifyConsistency(proof, wrong, definition.hash(0, wrong), size, root)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});
