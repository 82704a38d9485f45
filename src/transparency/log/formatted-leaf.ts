import { formatLeaf, type Leaf } from '../formats/leaf.js';

/**
 * A leaf with its line. It is made by whoever knows which campaign is to blame if it has none, before anything of
 * others is appended with it.
 */
export interface FormattedLeaf {
  readonly leaf: Leaf;
  readonly line: string;
}

/** @throws MalformedLeaf when a field holds what docs/transparency.md does not allow */
export function formatted(leaf: Leaf): FormattedLeaf {
  return { leaf, line: formatLeaf(leaf) };
}

/** The leaves up to the first that has no line. */
export interface FormattedLeaves {
  readonly leaves: readonly FormattedLeaf[];
  /** Why the next one has none; null when all have one. */
  readonly fault: string | null;
}

/** Formats leaves of one campaign, in their order, as far as they can be said. */
export function formattedUpToFault(leaves: readonly Leaf[]): FormattedLeaves {
  const done: FormattedLeaf[] = [];
  try {
    for (const leaf of leaves) done.push(formatted(leaf));
    return { leaves: done, fault: null };
  } catch (error) {
    return { leaves: done, fault: String(error) };
  }
}
