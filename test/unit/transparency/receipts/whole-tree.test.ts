import { hashLeaf, verifyInclusion } from '../../../../src/transparency/formats/merkle-tree.js';
import { TreeEdge } from '../../../../src/transparency/formats/tree-edge.js';
import { wholeTree } from '../../../../src/transparency/receipts/whole-tree.js';

it('has the root of the log’s tree, and a way to it from each leaf, for trees of any size', () => {
  for (let size = 1; size <= 40; size++) {
    const leaves = Array.from({ length: size }, (_, i) => hashLeaf(Uint8Array.of(i)));
    const edge = new TreeEdge();
    for (const leaf of leaves) edge.append(leaf);
    const { root, paths } = wholeTree(leaves);
    expect(root).toEqual(edge.root());
    for (const [index, path] of paths.entries())
      expect(verifyInclusion(path, size, root, index, leaves[index] ?? new Uint8Array())).toBe(true);
  }
});
