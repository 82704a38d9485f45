import fc from 'fast-check';
import { hashLeaf, verifyInclusion } from '../../../../src/transparency/formats/merkle-tree.js';
import { pathOver, rootOver } from '../../../../src/transparency/formats/path-over.js';
import { TreeEdge } from '../../../../src/transparency/formats/tree-edge.js';

function leaves(size: number): readonly Uint8Array[] {
  return Array.from({ length: size }, (_, number) => hashLeaf(String(number)));
}

function rootByEdge(hashes: readonly Uint8Array[]): Uint8Array {
  const edge = new TreeEdge();
  for (const hash of hashes) edge.append(hash);
  return edge.root();
}

it.each([0, 1, 2, 3, 31, 32, 33, 1_025])('the root over %i leaves is that of the log’s trees', (size) => {
  expect(rootOver(leaves(size))).toEqual(rootByEdge(leaves(size)));
});

it('a path over runs, continued over their roots, leads to the root over all leaves', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom(1, 2, 8, 32),
      fc.nat(),
      (size, width, any) => {
        const all = leaves(size);
        const index = any % size;
        const runs = Array.from({ length: Math.ceil(size / width) }, (_, run) =>
          all.slice(run * width, (run + 1) * width),
        );
        const run = Math.floor(index / width);
        const own = pathOver(runs[run] ?? [], index % width);
        const path = [...own, ...pathOver(runs.map(rootOver), run)];
        expect(verifyInclusion(path, size, rootByEdge(all), index, all[index] ?? new Uint8Array())).toBe(
          true,
        );
        expect(path).toEqual(pathOver(all, index));
      },
    ),
  );
});
