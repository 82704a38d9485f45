import fc from 'fast-check';
import { formatLeaf, parseLeaf } from '../../../src/transparency/formats/leaf.js';
import { restoredLeaves } from '../../../src/transparency/restoring/restored-leaves.js';
import { TakenBack, takenBackFrom } from '../../../src/transparency/restoring/taken-back.js';
import { type CampaignLeaf, CampaignReplay } from '../../../src/transparency/sequencer/campaign-replay.js';
import { type AnyCampaign, anyCampaign, logOf } from './random-campaign.js';

/** What happens after a backup, is lost, and what happens then instead. */
export const anyLoss = fc.record({
  campaign: anyCampaign,
  backupAfter: fc.nat(60),
  lostWithEnd: fc.boolean(),
  instead: anyCampaign,
  later: anyCampaign,
});

export function campaignLeaves(lines: readonly string[]): CampaignLeaf[] {
  return lines.map(parseLeaf).flatMap((leaf) => (leaf.kind === 'log' ? [] : [leaf]));
}

/** A log that was published, and went on from a database that holds its first `had` leaves and nothing else. */
function takenBack(published: readonly string[], had: number): string[] {
  const replay = new CampaignReplay();
  const said = new TakenBack(1);
  let from = Infinity;
  published.forEach((line, index) => {
    const [leaf] = campaignLeaves([line]);
    if (!leaf) return;
    expect(replay.justify(leaf)).toBeNull();
    replay.apply(leaf);
    if (index < had) said.pass(leaf);
    else said.read(leaf);
    if (index >= had && leaf.kind === 'restored') from = Math.min(from, leaf.from);
  });
  from = Math.min(from, ...said.leaves.map(takenBackFrom));
  if (from === Infinity) return [];
  const again = new TakenBack(from);
  for (const leaf of campaignLeaves(published.slice(0, had))) again.read(leaf);
  const held = again.leaves.map(({ leaf }) => leaf);
  return restoredLeaves(replay, { campaign: 'any', from, again: held, atMs: 1_764_200_000_000 }).map(
    formatLeaf,
  );
}

/** The log after its backup, when something else happens. */
function continued(campaign: AnyCampaign, had: number, other: AnyCampaign): string[] {
  return logOf({ ...campaign, happenings: [...campaign.happenings, ...other.happenings] }).slice(had);
}

export type AnyLoss = typeof anyLoss extends fc.Arbitrary<infer T> ? T : never;

/** A log whose database was set back once, and the same when it was set back again; with what was taken back. */
export interface SetBackLogs {
  readonly once: readonly string[];
  readonly twice: readonly string[];
  readonly takenBackOnce: readonly string[];
  readonly takenBackTwice: readonly string[];
}

export function setBackLogs({ campaign, backupAfter, lostWithEnd, instead, later }: AnyLoss): SetBackLogs {
  const kept = { ...campaign, happenings: campaign.happenings.slice(0, backupAfter) };
  const had = logOf(kept, false).length;
  const published = logOf(campaign, lostWithEnd);
  const first = takenBack(published, had);
  const once = [...published, ...first, ...(first.length > 0 ? continued(kept, had, instead) : [])];
  const second = takenBack(once, had);
  const twice = [...once, ...second, ...(second.length > 0 ? continued(kept, had, later) : [])];
  return { once, twice, takenBackOnce: first, takenBackTwice: [...first, ...second] };
}
