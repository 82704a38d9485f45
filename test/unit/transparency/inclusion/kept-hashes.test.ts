import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  hashLeaf,
  inclusionProof,
  subtreesOf,
  verifyInclusion,
} from '../../../../src/transparency/formats/merkle-tree.js';
import {
  readHashesFromTiles,
  type TileReader,
} from '../../../../src/transparency/formats/tile-hash-reader.js';
import { TILE_LEVELS, tilePath, TILE_WIDTH } from '../../../../src/transparency/formats/tile-path.js';
import { TreeEdge } from '../../../../src/transparency/formats/tree-edge.js';
import { KeptHashes } from '../../../../src/transparency/inclusion/kept-hashes.js';

const SIZE = 1_000;

/** The tiles of a tree of SIZE leaves, as wide as they are in the end. */
const tiles = new Map<string, Uint8Array[]>();
const roots = [new TreeEdge().root()];
const edge = new TreeEdge();
const leafHash = (index: number): Uint8Array => hashLeaf(Buffer.from(`leaf ${index}`));
for (let index = 0; index < SIZE; index++) {
  for (const { level, index: place, hash } of edge.append(leafHash(index))) {
    if (level % TILE_LEVELS !== 0) continue;
    const key = `${level / TILE_LEVELS} ${Math.floor(place / TILE_WIDTH)}`;
    tiles.set(key, [...(tiles.get(key) ?? []), hash]);
  }
  roots.push(edge.root());
}

const asked: string[] = [];
const read: TileReader = (ids) => {
  asked.push(...ids.map(tilePath));
  return Promise.resolve(ids.map(({ level, index }) => Buffer.concat(tiles.get(`${level} ${index}`) ?? [])));
};

beforeEach(() => asked.splice(0));

it('are those that the tiles give without being kept, whatever the size of the tree', async () => {
  const kept = new KeptHashes(read);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: SIZE }), fc.nat(), async (size, from) => {
      const ids = subtreesOf(from % size, size);
      expect(await kept.of(size)(ids)).toEqual(
        (await readHashesFromTiles(read, size)(ids)).map((hash) => new Uint8Array(hash)),
      );
    }),
    { numRuns: 50 },
  );
});

it('prove each leaf of a tree that has grown in the meantime', async () => {
  const kept = new KeptHashes(read);
  for (const size of [1, 2, 255, 256, 257, 700, SIZE])
    for (const index of [0, size >> 1, size - 1]) {
      const proof = await inclusionProof(kept.of(size), size, index);
      const root = roots[size] ?? new Uint8Array();
      expect(verifyInclusion(proof, size, root, index, leafHash(index))).toBe(true);
      expect(verifyInclusion(proof, size, root, index, createHash('sha256').digest())).toBe(false);
    }
});

it('read a tile once for all proofs', async () => {
  const kept = new KeptHashes(read);
  for (let index = 0; index < 256; index++) await inclusionProof(kept.of(512), 512, index);
  expect(asked.toSorted()).toEqual(['tile/0/000', 'tile/1/000.p/2']);
});
