/** What is said of receipts. */
export interface ReceiptWords {
  readonly title: string;
  /** What a receipt proves to whoever got this arrival number. */
  readonly place: (arrivalNo: string) => string;
  /** The same for “sold out”. */
  readonly soldOut: string;
  readonly notYet: string;
  readonly recorded: (place: string) => string;
  readonly save: string;
  readonly proof: string;
  /** The name of the page that checks. */
  readonly check: string;
  /** How to check. @param page a link */
  readonly how: <Link>(page: Link) => readonly (Link | string)[];
}
