import { utf8 } from './bytes.js';
import { hashLeaf } from './merkle-tree.js';
import { TreeEdge } from './tree-edge.js';

/** The first line of a list of commitments (docs/transparency.md, "The list of who may claim"). */
export const ELIGIBLE_FORMAT = 'seonchak-eligible/v1';

/**
 * `eligibleRoot` of docs/transparency.md. 32 bytes.
 * @param commitments C of everybody on the list, in base64, ascending
 */
export function eligibleRoot(commitments: Iterable<string>): Uint8Array {
  const edge = new TreeEdge();
  for (const commitment of commitments) edge.append(hashLeaf(utf8(commitment)));
  return edge.root();
}
