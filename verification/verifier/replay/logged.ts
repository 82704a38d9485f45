import type { Leaf } from '../../../src/transparency/formats/leaf.js';
import type { LeafKind } from '../../../src/transparency/formats/leaf-fields.js';

/** A leaf and where it stands in the log. */
export interface Logged<L extends Leaf = Leaf> {
  readonly index: number;
  readonly text: string;
  readonly leaf: L;
}

/** The same of one kind, or of several. */
export type LoggedOf<K extends LeafKind> = Logged<Extract<Leaf, { kind: K }>>;
