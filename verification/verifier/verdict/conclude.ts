import { toBase64 } from '../../../src/transparency/formats/bytes.js';
import type { FindingList } from '../findings/findings.js';
import type { ListVerdict } from '../lists/list-verdict.js';
import type { JudgedCheckpoint } from '../log/judged-checkpoint.js';
import type { LogCheck } from '../log/log-check.js';
import type { Trust } from '../log/trust.js';
import { isEvidence, isWorthless, type ReceiptVerdict } from '../receipts/receipt-verdict.js';
import type { CampaignReplay } from '../replay/campaign-replay.js';
import type { HeldStamp } from '../stamps/stamp.js';
import { pictureOf } from './picture.js';
import type { CampaignVerdict, Conclusion, Note, Reason, Told, Verdict } from './verdict.js';

/** All that was found out about a log. */
export interface Evidence {
  readonly check: LogCheck;
  readonly trust: Trust;
  /** That of the log as it was read. */
  readonly checkpoint: JudgedCheckpoint;
  /** Whether each checkpoint of the log is signed by its key. */
  readonly areAllSigned: boolean;
  /** Whether all checkpoints that the reader brought could be compared with the log. */
  readonly areAllCompared: boolean;
  readonly receipts: readonly ReceiptVerdict[];
  /** The campaign that was asked for; null for all. */
  readonly campaign: string | null;
  /** Of the list that the reader brought; null for none. */
  readonly list: ListVerdict | null;
  readonly stamps: readonly HeldStamp[];
  /** Whether the reader named authorities. */
  readonly areStampsDemanded: boolean;
  /** Whether there are stamps by others. */
  readonly areStampsLeft: boolean;
}

/** Puts the verdict together. */
export function conclude(evidence: Evidence): Verdict {
  const { check, checkpoint, receipts } = evidence;
  const replays = [...check.campaigns.values()];
  const reasons = reasonsOf(evidence, replays);
  const isViolated =
    !check.findings.isClean || replays.some(({ findings }) => !findings.isClean) || receipts.some(isEvidence);
  return {
    format: 'seonchak-verdict/v1',
    conclusion: conclusionOf(isViolated, reasons),
    reasons,
    notes: notesOf(evidence, replays),
    origin: checkpoint.origin,
    size: check.size,
    root: toBase64(checkpoint.root),
    cosignatures: checkpoint.cosignatures,
    stamps: evidence.stamps,
    violations: told(check.findings.violations),
    campaigns: replays.map(campaignVerdict),
    receipts,
    list: evidence.list,
  };
}

function conclusionOf(isViolated: boolean, reasons: readonly Reason[]): Conclusion {
  if (isViolated) return 'violated';
  return reasons.length > 0 ? 'not-proven' : 'proven';
}

function reasonsOf(
  { checkpoint, areAllSigned, areAllCompared, receipts, campaign, list, stamps, areStampsDemanded }: Evidence,
  replays: readonly CampaignReplay[],
): readonly Reason[] {
  const reasons: Reason[] = [];
  if (campaign !== null && replays.length === 0) reasons.push('campaign-not-in-the-log');
  if (replays.some(({ phase }) => phase === 'unproven')) reasons.push('campaign-unproven');
  if (replays.some(({ phase }) => phase === 'stopped')) reasons.push('campaign-stopped');
  if (!areAllSigned) reasons.push('not-signed');
  if (checkpoint.isCosigned === false) reasons.push('too-few-witnesses');
  if (areStampsDemanded && stamps.length === 0) reasons.push('not-stamped');
  if (!areAllCompared) reasons.push('not-compared');
  if (list?.standing === 'another') reasons.push('another-list');
  if (list?.standing === 'none') reasons.push('no-such-list');
  if (receipts.some(isWorthless)) reasons.push('receipt-shows-nothing');
  return reasons;
}

function notesOf(
  { trust, checkpoint, list, areStampsLeft }: Evidence,
  replays: readonly CampaignReplay[],
): readonly Note[] {
  const notes: Note[] = [];
  if (replays.some(({ phase }) => phase === 'running')) notes.push('still-running');
  if (trust.isOwnKey) notes.push('key-from-the-source');
  if (checkpoint.cosignatures.length === 0) notes.push('no-witnesses');
  else if (trust.isOwnPolicy) notes.push('policy-from-the-source');
  if (
    replays.some(
      ({ campaign, state }) => (state?.terms.eligibleRoot ?? null) !== null && list?.campaign !== campaign,
    )
  )
    notes.push('list-not-checked');
  if (areStampsLeft) notes.push('stamps-not-checked');
  return notes;
}

const NO_FAILURES: CampaignVerdict['failures'] = {
  ...{ 'wallet-closed': 0, 'rejected-by-provider': 0, 'rejected-by-operator': 0, revoked: 0, regranted: 0 },
};

function campaignVerdict({ campaign, phase, state, findings }: CampaignReplay): CampaignVerdict {
  return {
    campaign,
    phase,
    terms: state?.terms ?? null,
    counts: { ...(state?.counts ?? { arrivals: 0, paid: 0, failed: 0, left: 0, ended: 0 }) },
    holding: state?.holding ?? 0,
    waiting: state?.line.length ?? 0,
    failures: { ...(state?.failures ?? NO_FAILURES) },
    lost: state?.lost.count ?? 0,
    violations: told(findings.violations),
    remarks: told(findings.remarks),
    picture: state && state.people.count > 0 ? pictureOf(state.people) : null,
  };
}

function told<Name extends string>({ counts, kept }: FindingList<Name>): readonly Told<Name>[] {
  return [...counts].map(([name, count]) => ({
    name,
    count,
    findings: kept.filter((finding) => finding.name === name),
  }));
}
