import type { Leaf } from '../../../src/transparency/formats/leaf.js';
import { Findings } from '../findings/findings.js';
import { readEnd, readRestored, readState } from './campaign-rules.js';
import { CampaignState, named } from './campaign-state.js';
import type { Logged, LoggedOf } from './logged.js';
import { missFull, readClaim, readEpoch, readFull, readLost } from './order-rules.js';
import { readEnded, readFailed, readLeft, readPaid, readPromote, readReversed } from './outcome-rules.js';

export type CampaignLeaf = Exclude<Leaf, { kind: 'log' }>;

/** State of the replay: `untold` before the first leaf of the campaign. */
export type Phase = 'untold' | 'unproven' | 'running' | 'stopped' | 'ended';

/**
 * Replays the leaves of one campaign, in the order of their index, and notes each rule that is broken. After a break it
 * goes on with what the log says, so that one break is not noted again at every leaf that follows.
 */
export class CampaignReplay {
  readonly findings = new Findings();
  phase: Phase = 'untold';
  state: CampaignState | null = null;
  /** Indexes of the first leaf of the campaign (`terms` or `unproven`), and of the leaf that ended or stopped it. */
  firstIndex: number | null = null;
  lastIndex: number | null = null;

  constructor(readonly campaign: string) {}

  read(logged: Logged<CampaignLeaf>): void {
    const { leaf } = logged;
    this.firstIndex ??= logged.index;
    if (this.isOver(logged)) return;
    switch (leaf.kind) {
      case 'terms':
        this.begin({ ...logged, leaf });
        return;
      case 'unproven':
        if (this.phase !== 'untold') this.findings.violations.add('unproven-alone', [named(logged)]);
        else this.phase = 'unproven';
        return;
      case 'stopped':
        this.stop(logged);
        return;
      default:
        this.replay(logged, this.state ?? this.withoutTerms(logged));
    }
  }

  /**
   * Whether the campaign is over, so that the leaf is not applied. Notes a violation if the leaf may not follow: after
   * `end` only money that came back, and a `restored`, may.
   */
  private isOver(logged: Logged<CampaignLeaf>): boolean {
    const { violations } = this.findings;
    const { leaf } = logged;
    if (this.phase === 'unproven') violations.add('unproven-alone', [named(logged)]);
    if (this.phase === 'stopped') violations.add('nothing-after-stopped', [named(logged)]);
    if (this.phase !== 'ended') return this.phase === 'unproven' || this.phase === 'stopped';
    if ((leaf.kind === 'reversed' && leaf.effect === 'keep') || leaf.kind === 'restored') return false;
    violations.add('nothing-after-end', [named(logged)]);
    return true;
  }

  private begin(logged: LoggedOf<'terms'>): void {
    if (this.state) {
      this.findings.violations.add('terms-once', [named(logged)]);
      return;
    }
    this.phase = 'running';
    this.state = new CampaignState(logged.leaf);
  }

  private stop(logged: Logged): void {
    if (this.state) missFull(this.state, this.findings);
    else this.withoutTerms(logged);
    this.phase = 'stopped';
    this.lastIndex = logged.index;
  }

  /** Notes `terms-first`, once per campaign. */
  private withoutTerms(logged: Logged): null {
    if (this.findings.violations.counts.has('terms-first')) return null;
    this.findings.violations.add('terms-first', [named(logged)]);
    return null;
  }

  private replay(logged: Logged<CampaignLeaf>, state: CampaignState | null): void {
    if (!state) return;
    const { leaf } = logged;
    const { findings } = this;
    if (leaf.kind !== 'full') missFull(state, findings);
    switch (leaf.kind) {
      case 'terms':
      case 'unproven':
      case 'stopped':
        return;
      case 'epoch':
        readEpoch(state, { ...logged, leaf }, findings);
        return;
      case 'lost':
        readLost(state, { ...logged, leaf }, findings);
        return;
      case 'claim':
        readClaim(state, { ...logged, leaf }, findings);
        return;
      case 'full':
        readFull(state, { ...logged, leaf }, findings);
        return;
      case 'promote':
        readPromote(state, { ...logged, leaf }, findings);
        return;
      case 'paid':
        readPaid(state, { ...logged, leaf }, findings);
        return;
      case 'failed':
      case 'revoked':
        readFailed(state, { ...logged, leaf }, findings);
        return;
      case 'reversed':
        readReversed(state, { ...logged, leaf }, findings);
        return;
      case 'left':
        readLeft(state, { ...logged, leaf }, findings);
        return;
      case 'ended':
        readEnded(state, { ...logged, leaf }, findings);
        return;
      case 'state':
        readState(state, { ...logged, leaf }, findings);
        return;
      case 'restored':
        readRestored(state, { ...logged, leaf }, findings);
        this.phase = 'running';
        this.lastIndex = null;
        return;
      case 'end':
        readEnd(state, { ...logged, leaf }, findings);
        this.phase = 'ended';
        this.lastIndex = logged.index;
    }
  }
}
