import type { LeafOf } from '../../../src/transparency/formats/leaf.js';
import type { Finding } from '../findings/findings.js';
import type { Remark, Rule } from '../findings/rules.js';
import type { ListVerdict } from '../lists/list-verdict.js';
import type { Cosignature } from '../log/judged-checkpoint.js';
import type { ReceiptVerdict } from '../receipts/receipt-verdict.js';
import type { Counts } from '../replay/campaign-state.js';
import type { Failure } from '../replay/failures.js';
import type { Phase } from '../replay/campaign-replay.js';
import type { HeldStamp } from '../stamps/stamp.js';
import type { Picture } from './picture.js';

/** Why something is not proven although no rule is broken. The sentences are in words/. */
export const REASONS = [
  'campaign-not-in-the-log',
  'campaign-unproven',
  'campaign-stopped',
  'not-signed',
  'too-few-witnesses',
  'not-stamped',
  'not-compared',
  'another-list',
  'no-such-list',
  'receipt-shows-nothing',
] as const;

export type Reason = (typeof REASONS)[number];

/** What a reader should know about a verdict that stands. */
export const NOTES = [
  'still-running',
  'key-from-the-source',
  'policy-from-the-source',
  'no-witnesses',
  'list-not-checked',
  'stamps-not-checked',
] as const;

export type Note = (typeof NOTES)[number];

export type Conclusion = 'proven' | 'violated' | 'not-proven';

/** Findings of one name, and how many there were in all. */
export interface Told<Name extends string> {
  readonly name: Name;
  readonly count: number;
  /** The first ones. */
  readonly findings: readonly Finding<Name>[];
}

export interface CampaignVerdict {
  readonly campaign: string;
  readonly phase: Phase;
  readonly terms: LeafOf<'terms'> | null;
  readonly counts: Counts;
  /** People who hold a slot unpaid, and people who wait. */
  readonly holding: number;
  readonly waiting: number;
  /** Of `counts.failed`: why. */
  readonly failures: Readonly<Record<Failure, number>>;
  /** Arrival numbers that are called lost with a gate, and were told to nobody. */
  readonly lost: number;
  readonly violations: readonly Told<Rule>[];
  readonly remarks: readonly Told<Remark>[];
  readonly picture: Picture | null;
}

/** What a check came to. `--json` prints it. */
export interface Verdict {
  readonly format: 'seonchak-verdict/v1';
  readonly conclusion: Conclusion;
  readonly reasons: readonly Reason[];
  readonly notes: readonly Note[];
  readonly origin: string;
  /** Leaves in the log. */
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly cosignatures: readonly Cosignature[];
  /** Time stamps by the authorities that the reader named. */
  readonly stamps: readonly HeldStamp[];
  /** What concerns the log as a whole. */
  readonly violations: readonly Told<Rule>[];
  readonly campaigns: readonly CampaignVerdict[];
  readonly receipts: readonly ReceiptVerdict[];
  /** Of the list of who may claim that the reader brought; null without one. */
  readonly list: ListVerdict | null;
}
