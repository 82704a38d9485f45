import type { Finding } from '../findings/findings.js';
import { FAILURES } from '../replay/failures.js';
import type { VerdictWords } from '../words/words.js';
import type { CampaignVerdict, Told, Verdict } from './verdict.js';

/** One thing that a verdict says, and the leaves that show it. */
export interface Said {
  readonly sentence: string;
  /** The name of the rule; null for what is none. */
  readonly name: string | null;
  readonly details: readonly string[];
}

/** Writes numbers and times as people of a language do. */
export interface Writing {
  readonly number: (n: number) => string;
  readonly time: (ms: number) => string;
}

/** The verdict in one sentence. */
export function headline({ conclusion, notes }: Verdict, words: VerdictWords): string {
  const isRunning = conclusion === 'proven' && notes.includes('still-running');
  return isRunning ? words.provenSoFar : words.conclusions[conclusion];
}

/** Which log it is, and who has seen it. */
export function aboutLog(
  { origin, size, cosignatures, stamps }: Verdict,
  words: VerdictWords,
  writing: Writing,
): string[] {
  return [
    words.log(origin, writing.number(size)),
    ...cosignatures.map(({ name, atMs }) => words.cosignedBy(name, writing.time(atMs))),
    ...stamps.map((stamp) =>
      words.stampedBy(stamp.authority, writing.time(stamp.atMs), writing.number(stamp.size)),
    ),
  ];
}

/** What is broken in the log as a whole, or in a campaign. */
export function brokenRules(
  { violations }: Pick<Verdict | CampaignVerdict, 'violations'>,
  words: VerdictWords,
  writing: Writing,
): readonly Said[] {
  return violations.map((told) => say(told, words.rules[told.name], words, writing));
}

export function remarksOn(
  { remarks }: CampaignVerdict,
  words: VerdictWords,
  writing: Writing,
): readonly Said[] {
  return remarks.map((told) => say(told, words.remarks[told.name], words, writing));
}

/** What became of those who came. */
export function countsOf(campaign: CampaignVerdict, words: VerdictWords, { number }: Writing): string | null {
  const { terms, counts, holding, waiting } = campaign;
  if (!terms) return null;
  return words.counts({
    capacity: number(terms.capacity),
    arrivals: number(counts.arrivals),
    paid: number(counts.paid),
    failed: number(counts.failed),
    left: number(counts.left),
    ended: number(counts.ended),
    holding: number(holding),
    waiting: number(waiting),
  });
}

/** Who lost a slot and why, and which numbers nobody has: what an operator could hide people behind. */
export function lossesOf(
  { failures, lost }: CampaignVerdict,
  words: VerdictWords,
  { number }: Writing,
): string[] {
  const named = FAILURES.filter((failure) => failures[failure] > 0);
  const reasons = named.map((failure) => `${words.failures[failure]} ${number(failures[failure])}`);
  return [
    ...(reasons.length > 0 ? [`${words.failed}: ${reasons.join(', ')}`] : []),
    ...(lost > 0 ? [words.lost(number(lost))] : []),
  ];
}

/** What the receipts are, one sentence each. */
export function aboutReceipts({ receipts }: Verdict, words: VerdictWords, { number }: Writing): string[] {
  return receipts.map(({ name, campaign, arrivalNo, status }) => {
    if (name === 'other-campaign') return words.otherCampaign(campaign);
    return name === 'in-the-log' && arrivalNo !== null && status !== null
      ? words.inTheLogAt(number(arrivalNo), words.statuses[status])
      : words.receipts[name];
  });
}

/** That everybody who claimed is on the list that was brought; null when that is not shown. */
export function aboutList(
  { list, campaigns }: Verdict,
  words: VerdictWords,
  { number }: Writing,
): string | null {
  if (list?.standing !== 'committed') return null;
  const campaign = campaigns.find((one) => one.campaign === list.campaign);
  const isKept = campaign?.violations.every(({ name }) => name !== 'claimant-not-on-the-list');
  return isKept ? words.allOnTheList(number(list.people)) : null;
}

/** Why it is not proven, and what a reader should know. */
export function aside({ reasons, notes }: Verdict, words: VerdictWords): string[] {
  return [...reasons.map((reason) => words.reasons[reason]), ...notes.map((note) => words.notes[note])];
}

function say<Name extends string>(
  { name, count, findings }: Told<Name>,
  sentence: string,
  words: VerdictWords,
  writing: Writing,
): Said {
  const details = findings.flatMap((finding) => detailsOf(finding, words, writing));
  const more = count - findings.length;
  return { sentence, name, details: more > 0 ? [...details, words.more(writing.number(more))] : details };
}

function detailsOf<Name extends string>(
  { leaves, expected, found }: Finding<Name>,
  words: VerdictWords,
  { number }: Writing,
): string[] {
  const said = leaves.map(
    ({ index, text }) => `${words.leaf(number(index))}${text === null ? '' : `: ${text}`}`,
  );
  if (expected === null && found === null) return said;
  return [
    ...said,
    expected === null || found === null ? (expected ?? found ?? '') : words.expected(expected, found),
  ];
}
