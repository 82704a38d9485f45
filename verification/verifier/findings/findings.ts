import type { Remark, Rule } from './rules.js';

/** A leaf of the log, as findings name it. */
export interface NamedLeaf {
  readonly index: number;
  /** null for an earlier leaf: the replay keeps where it was, and not its text (verdict/name-leaves.ts). */
  readonly text: string | null;
}

/** A rule, the leaves that break it together (the earliest first), and what was said against what is true. */
export interface Finding<Name extends string> {
  readonly name: Name;
  readonly leaves: readonly NamedLeaf[];
  readonly expected: string | null;
  readonly found: string | null;
}

export type Violation = Finding<Rule>;

/** Enough to see the kind of a break: one cheat may break a rule at every leaf that follows. */
const KEPT_OF_A_NAME = 20;

/** Collects findings: the first of each name, and how many there were. */
export class FindingList<Name extends string> {
  readonly kept: Finding<Name>[] = [];
  readonly counts = new Map<Name, number>();

  add(
    name: Name,
    leaves: readonly NamedLeaf[],
    expected: string | number | null = null,
    found: string | number | null = null,
  ): void {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    if (count > KEPT_OF_A_NAME) return;
    this.kept.push({
      name,
      leaves: [...leaves].sort((a, b) => a.index - b.index),
      expected: expected === null ? null : String(expected),
      found: found === null ? null : String(found),
    });
  }
}

/** What a check found: violations break a rule; remarks do not, since clocks may be set. */
export class Findings {
  readonly violations = new FindingList<Rule>();
  readonly remarks = new FindingList<Remark>();

  get isClean(): boolean {
    return this.violations.kept.length === 0;
  }
}
