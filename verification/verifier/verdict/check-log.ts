import type { EligibleList } from '../lists/eligible-list.js';
import { judgeListed } from '../lists/judge-listed.js';
import { ListCheck } from '../lists/list-check.js';
import { judgeCheckpoint, type JudgedCheckpoint, seenTree } from '../log/judged-checkpoint.js';
import { KnownRoots } from '../log/known-roots.js';
import { LogCheck } from '../log/log-check.js';
import { TimeBounds } from '../log/time-bounds.js';
import type { TreeSink } from '../log/tree-sink.js';
import { chooseTrust, type Trust, type TrustTexts } from '../log/trust.js';
import { ReceiptCheck } from '../receipts/receipt-check.js';
import type { Receipt } from '../receipts/receipt.js';
import { judgeStamps } from '../stamps/judge-stamps.js';
import type { Stamp, StampJudge } from '../stamps/stamp.js';
import { UnusableInput } from '../unusable-input.js';
import { conclude } from './conclude.js';
import type { Verdict } from './verdict.js';

/** A log, or a part of it, from wherever it comes. */
export interface LogToCheck {
  readonly told: TrustTexts;
  /** Which log it says that it is of; null when it does not. */
  readonly origin: string | null;
  /** Earlier ones first; the last is that of the log as it will be read. */
  readonly checkpoints: readonly string[];
  /** Of some of the checkpoints. */
  readonly stamps: readonly Stamp[];
  /** The campaign that it is about; null for all. */
  readonly campaign: string | null;
  /** Hands on the tree, from left to right. */
  readonly giveTo: (sink: TreeSink) => Promise<void>;
}

/** What the reader brings: better than what the log says of itself. */
export interface Brought extends TrustTexts {
  readonly receipts: readonly Receipt[];
  /** Checkpoints that the reader got elsewhere, as signed notes. */
  readonly also: readonly string[];
  /** By the authorities whose time stamp the reader demands; null: of none. */
  readonly stamps: StampJudge | null;
  /** Who may claim in a campaign. */
  readonly list: EligibleList | null;
}

/** Authorities tell whole seconds, and most say that they may be a second early. */
const STAMP_MS = 1_999;

/**
 * Checks a log in one pass.
 * @throws UnusableInput when something is not what it should be
 */
export async function checkLog(log: LogToCheck, brought: Brought): Promise<Verdict> {
  const trust = chooseTrust(brought, log.told);
  if (log.origin !== null && log.origin !== trust.key.name)
    throw new UnusableInput(`The proof is of the log ${log.origin}, and the key of ${trust.key.name}.`);
  const judged = log.checkpoints.map((text) => judgeCheckpoint(text, trust.key, trust.policy));
  const also = brought.also.map((text) => judgeCheckpoint(text, trust.key, trust.policy));
  const last = judged.at(-1);
  if (judged.some(({ size }, i) => size <= (judged[i - 1]?.size ?? -1)))
    throw new UnusableInput('The checkpoints are not in order of their sizes, each size once.');
  if (!last) throw new UnusableInput('There is no checkpoint.');
  const earlier = [...judged.slice(0, -1), ...also, ...checkpointsIn(brought.receipts, trust)];
  const roots = new KnownRoots(earlier);
  const receipts = brought.receipts.map((receipt) =>
    receipt.kind === 'listed' ? receipt : new ReceiptCheck(receipt),
  );
  const list = brought.list && new ListCheck(brought.list);
  const stamps = await judgeStamps(log.stamps, judged, brought.stamps);
  const bounds = new TimeBounds(
    [...judged, ...also].flatMap((checkpoint) => seenTree(checkpoint) ?? []),
    stamps.held.map(({ size, atMs }) => ({ size, atMs: atMs + STAMP_MS })),
  );
  const check = new LogCheck({
    campaign: log.campaign,
    roots,
    bounds,
    watches: [...receipts.filter((receipt) => receipt instanceof ReceiptCheck), ...(list ? [list] : [])],
  });
  await log.giveTo(check);
  check.finish(last);
  for (const earlierOne of judged.slice(0, -1))
    if (check.findings.isClean && roots.of(earlierOne) === 'unseen')
      throw new UnusableInput(
        `The checkpoint of ${earlierOne.size} leaves ends where its root is not shown.`,
      );
  // What is wrong about a checkpoint that the reader brought accuses nobody: it is not from the log.
  addSignatureFindings(check, judged);
  addComparisons(check, roots, earlier);
  for (const size of stamps.wrong)
    check.findings.violations.add('stamp-wrong', [], null, `checkpoint of ${size} leaves`);
  const isOfThisTree = (checkpoint: JudgedCheckpoint): boolean =>
    checkpoint.signature === 'holds' && (checkpoint === last || roots.of(checkpoint) === 'same');
  const { campaigns, promiseDelays } = check;
  const reachedMs = Math.max(check.latestMs, ...last.cosignatures.map(({ atMs }) => atMs));
  const listVerdict = list?.judge(check) ?? null;
  const read = { ...{ key: trust.key, reachedMs, size: check.size }, campaigns, promiseDelays };
  return conclude({
    check,
    trust,
    checkpoint: last,
    areAllSigned: judged.every(({ signature }) => signature !== 'missing'),
    areAllCompared: also.every(
      (checkpoint) => roots.of(checkpoint) !== 'unseen' && checkpoint.signature === 'holds',
    ),
    receipts: receipts.map((receipt) => {
      if (receipt instanceof ReceiptCheck) return receipt.judge(read);
      return judgeListed(receipt, campaigns, list);
    }),
    list: listVerdict,
    campaign: log.campaign,
    stamps: stamps.held.filter(({ size }) =>
      judged.some((stamped) => stamped.size === size && isOfThisTree(stamped)),
    ),
    areStampsDemanded: brought.stamps !== null,
    areStampsLeft: stamps.areLeft,
  });
}

/** Those of this log that receipts were made from. They may be later than what is read: then nothing is compared. */
function checkpointsIn(receipts: readonly Receipt[], { key }: Trust): readonly JudgedCheckpoint[] {
  const proofs = receipts.flatMap((receipt) => (receipt.kind === 'inclusion' ? receipt.proofs : []));
  const notes = new Set(proofs.map(({ proof }) => proof.checkpoint));
  return [...notes].flatMap((note) => {
    try {
      return judgeCheckpoint(note, key, null);
    } catch (error) {
      if (error instanceof UnusableInput) return []; // of another log: the receipt's own verdict says so
      throw error;
    }
  });
}

function addSignatureFindings({ findings }: LogCheck, checkpoints: readonly JudgedCheckpoint[]): void {
  for (const { signature, forged, size } of checkpoints) {
    const about = `checkpoint of ${size} leaves`;
    if (signature === 'wrong') findings.violations.add('signature-wrong', [], null, about);
    for (const name of forged) findings.violations.add('cosignature-wrong', [], name, about);
  }
}

/** Two checkpoints that the log signed, and that no one tree has: two histories. */
function addComparisons(
  { findings }: LogCheck,
  roots: KnownRoots,
  earlier: readonly JudgedCheckpoint[],
): void {
  for (const checkpoint of earlier)
    if (checkpoint.signature === 'holds' && roots.of(checkpoint) === 'differs')
      findings.violations.add('two-histories', [], null, `checkpoint of ${checkpoint.size} leaves`);
}
