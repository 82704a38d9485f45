/**
 * What a verifier demands (docs/transparency.md). A rule's name is what `--json` prints; it never changes its meaning.
 * The sentences are in words/.
 */
export const RULES = [
  // The file, the tree, the signatures.
  'malformed-leaf',
  'root-differs',
  'signature-wrong',
  'cosignature-wrong',
  'stamp-wrong',
  'two-histories',
  'hidden-range',

  // A campaign as a whole.
  'log-first',
  'terms-first',
  'terms-once',
  'unproven-alone',
  'nothing-after-stopped',
  'nothing-after-end',
  'broken-promise',
  'restored-range',

  // Numbers in the order of arrival.
  'epoch-rises',
  'first-epoch',
  'epoch-bound',
  'lost-range',
  'arrivals-in-order',
  'claim-epoch',
  'once-a-person',
  'claimant-not-on-the-list',

  // Slots and the waiting line.
  'claims-allowed',
  'slot-is-free',
  'slot-exists',
  'nobody-overtakes',
  'line-has-room',
  'full-in-place',
  'full-is-said',
  'promote-waits',
  'promote-in-order',

  // What becomes of people.
  'paid-holds-the-slot',
  'paid-once',
  'more-than-capacity',
  'failed-holds-the-slot',
  'revoked-holds-the-slot',
  'reversed-was-paid',
  'reversed-once',
  'regrant-by-the-terms',
  'left-waits',
  'ended-waits',
  'ended-too-early',

  // Operators' changes, and the end.
  'revision-rises',
  'closed-is-final',
  'state-in-place',
  'end-with-nobody-open',
  'end-when-over',
  'end-counts',
  'end-turned-nobody-away',
] as const;

export type Rule = (typeof RULES)[number];

/** What is worth knowing, and proves nothing by itself: clocks may be set. */
export const REMARKS = [
  'claim-before-opening',
  'claim-times-fall',
  'terms-after-opening',
  'time-after-it-was-seen',
  'claim-logged-late',
] as const;

export type Remark = (typeof REMARKS)[number];
