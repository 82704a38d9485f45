import type { Status } from '../replay/people.js';

/** What a receipt turned out to be. The sentences are in words/. */
export const RECEIPT_VERDICTS = [
  // The log keeps what the receipt says.
  'in-the-log',
  'not-yet-due',
  'newer-than-the-log',
  'sold-out-agrees',
  'on-the-list',
  // The receipt shows that the operator broke a promise.
  'not-in-the-log',
  'logged-otherwise',
  'sold-out-contradicted',
  'sold-out-too-early',
  // The receipt shows nothing.
  'somebody-else',
  'not-signed',
  'not-whole',
  'not-on-the-list',
  'list-not-brought',
  'path-leads-elsewhere',
  'terms-without-list',
  // The receipt is about something that was not read.
  'other-campaign',
] as const;

export type ReceiptVerdictName = (typeof RECEIPT_VERDICTS)[number];

export interface ReceiptVerdict {
  readonly name: ReceiptVerdictName;
  /** The campaign that the receipt says it is about. */
  readonly campaign: string;
  /** The place in the order; null of "sold out", and of a place on a list. */
  readonly arrivalNo: number | null;
  /** What became of the person; null unless the receipt is in the log. */
  readonly status: Status | null;
}

const BROKEN: readonly ReceiptVerdictName[] = [
  ...(['not-in-the-log', 'logged-otherwise'] as const),
  ...(['sold-out-contradicted', 'sold-out-too-early'] as const),
];
const WORTHLESS: readonly ReceiptVerdictName[] = [
  ...(['somebody-else', 'not-signed', 'not-whole'] as const),
  ...(['not-on-the-list', 'list-not-brought', 'path-leads-elsewhere', 'terms-without-list'] as const),
];

/** Whether the receipt is evidence against the operator. */
export function isEvidence({ name }: ReceiptVerdict): boolean {
  return BROKEN.includes(name);
}

/** Whether the receipt, although it is about what was read, shows nothing either way. */
export function isWorthless({ name }: ReceiptVerdict): boolean {
  return WORTHLESS.includes(name);
}
