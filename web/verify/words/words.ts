import type { Outcome } from '../../../verification/verifier/verdict/picture.js';
import type { VerdictWords } from '../../../verification/verifier/words/words.js';

/** All that the page says, in one language. Numbers come formatted. */
export interface PageWords {
  /** A BCP 47 tag: how numbers and times are written. */
  readonly language: 'ko' | 'en';
  readonly verdict: VerdictWords;

  readonly title: string;
  readonly lead: string;
  readonly proof: string;
  readonly proofHint: string;
  readonly receipt: string;
  readonly receiptHint: string;
  readonly more: string;
  readonly list: string;
  readonly key: string;
  readonly policy: string;
  readonly also: string;
  readonly check: string;
  readonly checking: (percent: string) => string;
  readonly chooseProof: string;
  readonly unusable: string;
  /** In Korean a sentence goes before the reason in English. */
  readonly because: (reason: string) => string;

  readonly broken: string;
  readonly remarks: string;
  readonly aside: string;
  readonly campaign: (name: string) => string;

  readonly picture: string;
  readonly order: string;
  readonly orderOf: (people: string, parts: string) => string;
  readonly overTime: string;
  readonly overTimeOf: (people: string, seconds: string) => string;
  readonly outcomes: Readonly<Record<Outcome, string>>;
  readonly asTable: string;
  readonly places: string;
  readonly after: string;
  readonly seconds: (seconds: string) => string;

  readonly limits: string;
  readonly limitsText: readonly string[];
}
