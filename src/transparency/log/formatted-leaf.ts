import { formatLeaf, type Leaf, parseLeaf } from '../formats/leaf.js';
import { MalformedLeaf } from '../formats/malformed-leaf.js';

/** A line of the log, and what it says; null if this release cannot read it. */
export interface LoggedLine {
  readonly leaf: Leaf | null;
  readonly line: string;
}

/**
 * A leaf with its line. It is made by whoever knows which campaign is to blame if it has none, before anything of
 * others is appended with it.
 */
export interface FormattedLeaf extends LoggedLine {
  readonly leaf: Leaf;
  readonly line: string;
}

/** @throws MalformedLeaf when a field holds what docs/transparency.md does not allow */
export function formatted(leaf: Leaf): FormattedLeaf {
  return { leaf, line: formatLeaf(leaf) };
}

/** A line that was published: it is a part of the log, whether this release can read it or not. */
export function publishedLine(line: string): LoggedLine {
  try {
    return { leaf: parseLeaf(line), line };
  } catch (error) {
    if (error instanceof MalformedLeaf) return { leaf: null, line };
    throw error;
  }
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
