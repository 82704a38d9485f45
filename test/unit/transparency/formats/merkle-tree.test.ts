import fc from 'fast-check';
import {
  consistencyProof,
  EMPTY_ROOT,
  hashLeaf,
  type HashReader,
  hashNode,
  inclusionProof,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../../../../src/transparency/formats/merkle-tree.js';
import { TreeEdge } from '../../../../src/transparency/formats/tree-edge.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const leaf = (n: number): Uint8Array => hashLeaf(Buffer.from(`leaf ${n}`));

/** RFC 6962, 2.1, word for word. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashNode(definedRoot(leaves.slice(0, k)), definedRoot(leaves.slice(k)));
}

/** A tree of `size` leaves, kept as the hashes that appending yields. */
function grow(size: number): {
  readonly read: HashReader;
  readonly edge: TreeEdge;
  readonly leaves: Uint8Array[];
} {
  const hashes = new Map<string, Uint8Array>();
  const edge = new TreeEdge();
  const leaves = Array.from({ length: size }, (_, n) => leaf(n));
  for (const hash of leaves)
    for (const made of edge.append(hash)) hashes.set(`${made.level}/${made.index}`, made.hash);
  const read: HashReader = (ids) =>
    Promise.resolve(ids.map(({ level, index }) => hashes.get(`${level}/${index}`) ?? new Uint8Array()));
  return { read, edge, leaves };
}

const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte));

describe('the tree of RFC 6962', () => {
  // The roots that Certificate Transparency's own tests use.
  it('has the published roots', async () => {
    const inputs = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const edge = new TreeEdge();
    const roots = inputs.map((input) => {
      edge.append(hashLeaf(Buffer.from(input, 'hex')));
      return hex(edge.root());
    });
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(roots[0]).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(roots[1]).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(roots[2]).toBe('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77');
    expect(roots[7]).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
    await expect(rootOf(grow(0).read, 0)).resolves.toEqual(EMPTY_ROOT);
  });

  it('has the root of the definition at each size', async () => {
    for (let size = 0; size <= 70; size++) {
      const { read, edge, leaves } = grow(size);
      expect(hex(edge.root())).toBe(hex(definedRoot(leaves)));
      expect(hex(await rootOf(read, size))).toBe(hex(edge.root()));
    }
  });

  it('proves each leaf of each size, and no other', async () => {
    for (let size = 1; size <= 40; size++) {
      const { read, edge, leaves } = grow(size);
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(read, size, index);
        expect(verifyInclusion(proof, size, edge.root(), index, leaves[index] as Uint8Array)).toBe(true);
        expect(verifyInclusion(proof, size, edge.root(), index, leaf(999))).toBe(false);
        if (size > 1)
          expect(verifyInclusion(proof, size, edge.root(), (index + 1) % size, leaf(index))).toBe(false);
        expect(verifyInclusion(proof, size, flip(edge.root()), index, leaf(index))).toBe(false);
      }
    }
  });

  it('proves that each size begins with each smaller one, and with no other tree', async () => {
    for (let size = 1; size <= 40; size++) {
      const { read, edge } = grow(size);
      for (let old = 1; old <= size; old++) {
        const proof = await consistencyProof(read, old, size);
        const oldRoot = await rootOf(read, old);
        expect(verifyConsistency(proof, old, oldRoot, size, edge.root())).toBe(true);
        expect(verifyConsistency(proof, old, flip(oldRoot), size, edge.root())).toBe(false);
        expect(verifyConsistency(proof, old, oldRoot, size, flip(edge.root()))).toBe(false);
      }
    }
  });

  it('refuses a proof with any bit flipped, a hash left out, or one too many', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 600 }), fc.nat(), fc.nat(), async (size, a, b) => {
        const { read, edge } = grow(size);
        const index = a % size;
        const proof = await inclusionProof(read, size, index);
        const at = b % proof.length;
        const wrong = [
          proof.map((hash, i) => (i === at ? flip(hash) : hash)),
          proof.filter((_, i) => i !== at),
          [...proof, leaf(1)],
        ];
        for (const tried of wrong)
          expect(verifyInclusion(tried, size, edge.root(), index, leaf(index))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('takes whole subtrees as it takes their leaves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat({ max: 300 }), (size, cut) => {
        const { edge, leaves } = grow(size);
        const other = new TreeEdge();
        let at = 0;
        while (at < size) {
          let level = 0;
          while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= Math.min(size, cut)) level++;
          other.append(definedRoot(leaves.slice(at, at + 2 ** level)), level);
          at += 2 ** level;
        }
        expect(hex(other.root())).toBe(hex(edge.root()));
      }),
    );
  });

  it('refuses a subtree that does not begin at a multiple of its size', () => {
    const edge = new TreeEdge();
    edge.append(leaf(0));
    expect(() => edge.append(leaf(1), 1)).toThrow(RangeError);
  });
});
