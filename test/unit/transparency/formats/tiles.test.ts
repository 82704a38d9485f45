import fc from 'fast-check';
import { decodeEntries, encodeEntries } from '../../../../src/transparency/formats/entry-bundle.js';
import { MalformedFormat } from '../../../../src/transparency/formats/malformed-format.js';
import {
  consistencyProof,
  hashLeaf,
  inclusionProof,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../../src/transparency/formats/merkle-tree.js';
import { readHashesFromTiles } from '../../../../src/transparency/formats/tile-hash-reader.js';
import {
  parseTilePath,
  TILE_LEVELS,
  tilePath,
  widthAt,
} from '../../../../src/transparency/formats/tile-path.js';
import { TreeEdge } from '../../../../src/transparency/formats/tree-edge.js';

describe('the path of a tile', () => {
  // The examples of C2SP tlog-tiles.
  it.each([
    ['tile/0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['tile/0/000', { level: 0, index: 0, width: 256 }],
    ['tile/1/000.p/17', { level: 1, index: 0, width: 17 }],
    ['tile/entries/x001/000.p/1', { level: 'entries' as const, index: 1_000, width: 1 }],
    ['tile/63/999', { level: 63, index: 999, width: 256 }],
  ])('%s', (path, tile) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/007',
    'tile/-1/000',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
  ])('%s is refused', (path) => {
    expect(() => parseTilePath(path)).toThrow(MalformedFormat);
  });
});

describe('a bundle of entries', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 256 }), (entries) => {
        expect(
          decodeEntries(encodeEntries(entries), entries.length).map((entry) => Buffer.from(entry)),
        ).toEqual(entries.map((entry) => Buffer.from(entry)));
      }),
    );
  });

  it('is refused when it is cut off, or has another number of entries', () => {
    const bundle = encodeEntries([Buffer.from('one'), Buffer.from('two')]);
    for (const length of [1, 4, 6, 9])
      expect(() => decodeEntries(bundle.slice(0, length), 2)).toThrow(MalformedFormat);
    expect(() => decodeEntries(bundle, 1)).toThrow(MalformedFormat);
  });
});

describe('hashes read from tiles', () => {
  /** Tiles as a log keeps them: at each level, the hashes whose level is a multiple of 8. */
  function tilesOf(size: number): {
    readonly tiles: ReadonlyMap<string, Uint8Array>;
    readonly edge: TreeEdge;
  } {
    const kept = new Map<string, Uint8Array[]>();
    const edge = new TreeEdge();
    for (let n = 0; n < size; n++) {
      for (const { level, index, hash } of edge.append(hashLeaf(Buffer.from(String(n))))) {
        if (level % TILE_LEVELS !== 0) continue;
        const key = `${level / TILE_LEVELS}/${Math.floor(index / 256)}`;
        kept.set(key, [...(kept.get(key) ?? []), hash]);
      }
    }
    return { tiles: new Map([...kept].map(([key, hashes]) => [key, Buffer.concat(hashes)])), edge };
  }

  it.each([1, 2, 255, 256, 257, 300, 1_000, 70_000])(
    'make the root and the proofs of %i leaves',
    async (size) => {
      const { tiles, edge } = tilesOf(size);
      const read = readHashesFromTiles(
        (ids) =>
          Promise.resolve(
            ids.map(({ level, index, width }) => {
              expect(width).toBe(widthAt(size, Number(level), index));
              return (tiles.get(`${level}/${index}`) ?? new Uint8Array()).slice(0, width * 32);
            }),
          ),
        size,
      );
      expect(await rootOf(read, size)).toEqual(edge.root());
      for (const index of [0, Math.floor(size / 3), size - 1]) {
        const proof = await inclusionProof(read, size, index);
        const hash = hashLeaf(Buffer.from(String(index)));
        expect(verifyInclusion(proof, size, edge.root(), index, hash)).toBe(true);
        const old = await rootOf(read, index + 1);
        const consistency = await consistencyProof(read, index + 1, size);
        expect(verifyConsistency(consistency, index + 1, old, size, edge.root())).toBe(true);
      }
    },
  );
});
