import type { NamedLeaf } from '../findings/findings.js';
import type { TreeSink } from '../log/tree-sink.js';
import type { LogToCheck } from './check-log.js';
import type { Told, Verdict } from './verdict.js';

/**
 * Tells the text of every leaf that a verdict names, by reading the log once more. An honest log is read only once.
 * @param open opens the same log again
 */
export async function nameLeaves(verdict: Verdict, open: () => Promise<LogToCheck>): Promise<Verdict> {
  const nameless = new Set(leavesIn(verdict).flatMap(({ index, text }) => (text === null ? [index] : [])));
  if (nameless.size === 0) return verdict;
  const found = new FoundLeaves(nameless);
  await (await open()).giveTo(found);
  const named = <Name extends string>(all: readonly Told<Name>[]): Told<Name>[] =>
    all.map((told) => ({
      ...told,
      findings: told.findings.map((finding) => ({
        ...finding,
        leaves: finding.leaves.map(({ index, text }) => ({
          index,
          text: text ?? found.texts.get(index) ?? null,
        })),
      })),
    }));
  return {
    ...verdict,
    violations: named(verdict.violations),
    campaigns: verdict.campaigns.map((campaign) => ({ ...campaign, violations: named(campaign.violations) })),
  };
}

function leavesIn({ violations, campaigns }: Verdict): NamedLeaf[] {
  const all = [violations, ...campaigns.map((campaign) => campaign.violations)].flat();
  return all.flatMap(({ findings }) => findings.flatMap(({ leaves }) => leaves));
}

/** The texts of the leaves with these numbers. */
class FoundLeaves implements TreeSink {
  readonly texts = new Map<number, string>();
  private size = 0;

  constructor(private readonly wanted: ReadonlySet<number>) {}

  leaf(text: string): void {
    if (this.wanted.has(this.size)) this.texts.set(this.size, text);
    this.size += 1;
  }

  subtree(level: number): void {
    this.size += 2 ** level;
  }
}
