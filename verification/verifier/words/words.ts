import type { Remark, Rule } from '../findings/rules.js';
import type { Misplacement } from '../reading/misplacement.js';
import type { ReceiptVerdictName } from '../receipts/receipt-verdict.js';
import type { Failure } from '../replay/failures.js';
import type { Status } from '../replay/people.js';
import type { Conclusion, Note, Reason } from '../verdict/verdict.js';

/** What a verdict says, in one language. Numbers come formatted. */
export interface VerdictWords {
  readonly conclusions: Readonly<Record<Conclusion, string>>;
  /** `proven` while the campaign still runs. */
  readonly provenSoFar: string;
  readonly reasons: Readonly<Record<Reason, string>>;
  readonly notes: Readonly<Record<Note, string>>;
  /** How each rule is broken. */
  readonly rules: Readonly<Record<Rule, string>>;
  readonly remarks: Readonly<Record<Remark, string>>;
  readonly receipts: Readonly<Record<Exclude<ReceiptVerdictName, 'other-campaign'>, string>>;
  readonly otherCampaign: (campaign: string) => string;
  /** Of a list of so many people. */
  readonly allOnTheList: (people: string) => string;
  readonly misplaced: Readonly<Record<Misplacement, string>>;
  /** What became of the person whose receipt it is. */
  readonly statuses: Readonly<Record<Status, string>>;
  readonly inTheLogAt: (place: string, became: string) => string;
  readonly log: (origin: string, leaves: string) => string;
  readonly cosignedBy: (name: string, time: string) => string;
  readonly stampedBy: (authority: string, time: string, leaves: string) => string;
  readonly counts: (counts: {
    readonly capacity: string;
    readonly arrivals: string;
    readonly paid: string;
    readonly failed: string;
    readonly left: string;
    readonly ended: string;
    readonly holding: string;
    readonly waiting: string;
  }) => string;
  /** Begins a list of reasons. */
  readonly failed: string;
  readonly failures: Readonly<Record<Failure, string>>;
  readonly lost: (count: string) => string;
  readonly leaf: (index: string) => string;
  readonly expected: (expected: string, found: string) => string;
  readonly more: (count: string) => string;
}
