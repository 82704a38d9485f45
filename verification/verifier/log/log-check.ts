import { equalBytes, toBase64, utf8 } from '../../../src/transparency/formats/bytes.js';
import type { Checkpoint } from '../../../src/transparency/formats/checkpoint.js';
import { campaignOf, type Leaf, parseLeaf } from '../../../src/transparency/formats/leaf.js';
import { MalformedLeaf } from '../../../src/transparency/formats/malformed-leaf.js';
import { hashLeaf } from '../../../src/transparency/formats/merkle-tree.js';
import { TreeEdge } from '../../../src/transparency/formats/tree-edge.js';
import { Findings } from '../findings/findings.js';
import { type CampaignLeaf, CampaignReplay } from '../replay/campaign-replay.js';
import { named } from '../replay/campaign-state.js';
import type { Logged } from '../replay/logged.js';
import { UnusableInput } from '../unusable-input.js';
import type { KnownRoots } from './known-roots.js';
import type { LeafWatch } from './leaf-watch.js';
import { PromiseDelays } from './promise-delays.js';
import type { TimeBounds } from './time-bounds.js';
import type { TreeSink } from './tree-sink.js';

/** What a log is checked against while it is read. */
export interface Expectations {
  /** null: all campaigns. */
  readonly campaign: string | null;
  readonly roots: KnownRoots;
  readonly bounds: TimeBounds;
  readonly watches: readonly LeafWatch[];
}

/**
 * Reads a log from left to right, leaf by leaf: recomputes its tree and replays its campaigns. Needs memory for what
 * the campaigns hold, and none for the log.
 */
export class LogCheck implements TreeSink {
  /** What concerns the log as a whole. */
  readonly findings = new Findings();
  readonly campaigns = new Map<string, CampaignReplay>();
  /** The latest time that a leaf tells, ms since 1970. */
  latestMs = 0;
  readonly promiseDelays = new PromiseDelays();
  private readonly edge = new TreeEdge();

  constructor(private readonly expected: Expectations) {}

  get size(): number {
    return this.edge.size;
  }

  leaf(text: string): void {
    const index = this.edge.size;
    this.grow(hashLeaf(utf8(text)), 0);
    let leaf: Leaf;
    try {
      leaf = parseLeaf(text);
    } catch (error) {
      if (!(error instanceof MalformedLeaf)) throw error;
      this.findings.violations.add('malformed-leaf', [{ index, text }]);
      return;
    }
    this.read({ index, text, leaf });
  }

  subtree(level: number, hash: Uint8Array): void {
    const from = this.edge.size;
    if (from === 0) this.findings.violations.add('log-first', [{ index: 0, text: null }]);
    for (const { phase, findings } of this.campaigns.values())
      if (phase === 'running') findings.violations.add('hidden-range', [{ index: from, text: null }]);
    this.grow(hash, level);
  }

  /** The whole log was read: is its tree that of the checkpoint? */
  finish({ size, root }: Checkpoint): void {
    const { violations } = this.findings;
    if (this.edge.size !== size) violations.add('root-differs', [], `${size} leaves`, `${this.edge.size}`);
    else if (!equalBytes(this.edge.root(), root))
      violations.add('root-differs', [], toBase64(root), toBase64(this.edge.root()));
  }

  private grow(hash: Uint8Array, level: number): void {
    try {
      this.edge.append(hash, level);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UnusableInput(`A hash of level ${level} can not stand at leaf ${this.edge.size}.`);
    }
    this.expected.roots.passed(this.edge);
  }

  private read(logged: Logged): void {
    const { leaf } = logged;
    if (logged.index === 0 && leaf.kind !== 'log') this.findings.violations.add('log-first', [named(logged)]);
    this.latestMs = Math.max(this.latestMs, timeOf(leaf) ?? 0);
    if (leaf.kind === 'log')
      this.promiseDelays.add(
        leaf.promiseDelayMs,
        Math.max(this.latestMs, this.expected.bounds.of(logged.index).afterMs ?? 0),
      );
    else if (this.expected.campaign === null || campaignOf(leaf) === this.expected.campaign) {
      const replay = this.campaigns.get(leaf.campaign) ?? new CampaignReplay(leaf.campaign);
      this.campaigns.set(leaf.campaign, replay);
      replay.read({ ...logged, leaf });
      this.remarkOnTime(replay, { ...logged, leaf });
    }
    for (const watch of this.expected.watches) watch.see(logged);
  }

  private remarkOnTime({ findings, state }: CampaignReplay, logged: Logged<CampaignLeaf>): void {
    const { leaf, index } = logged;
    const { afterMs, beforeMs, stampedMs } = this.expected.bounds.of(index);
    const seenMs = Math.min(beforeMs ?? Infinity, stampedMs ?? Infinity);
    const time = timeOf(leaf);
    const { remarks } = findings;
    if (time !== null && time > seenMs)
      remarks.add('time-after-it-was-seen', [named(logged)], `<= ${seenMs}`, time);
    const delay = leaf.kind === 'claim' ? this.promiseDelays.at(leaf.createdAtMs) : 0;
    const isNew = leaf.kind === 'claim' && leaf.arrivalNo > (state?.takenBackUpTo ?? 0);
    if (isNew && afterMs !== null && leaf.createdAtMs + delay < afterMs)
      remarks.add('claim-logged-late', [named(logged)], `>= ${afterMs - delay}`, leaf.createdAtMs);
    if (leaf.kind === 'terms' && leaf.opensAt !== null && leaf.opensAt <= (beforeMs ?? leaf.atMs))
      remarks.add('terms-after-opening', [named(logged)], `> ${beforeMs ?? leaf.atMs}`, leaf.opensAt);
  }
}

function timeOf(leaf: Leaf): number | null {
  if (leaf.kind === 'claim') return leaf.createdAtMs;
  return leaf.kind === 'lost' ? null : leaf.atMs;
}
