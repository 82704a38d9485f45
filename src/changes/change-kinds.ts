/** What became of people. */
const OUTCOMES = ['promoted', 'left', 'ended', 'paid', 'failed', 'reversed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What can change after a claim, or of a campaign. The triggers that write it: migrations KeepWhatChanged and
 * FreezeListsForTheLog.
 */
export type ChangeKind = 'terms' | 'listed' | 'state' | 'finished' | Outcome;

/** Whether a change tells what became of people. */
export function isOutcome(kind: ChangeKind): kind is Outcome {
  return (OUTCOMES as readonly string[]).includes(kind);
}
