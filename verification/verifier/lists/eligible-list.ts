import { hashFromBase64, toBase64 } from '../../../src/transparency/formats/bytes.js';
import { ELIGIBLE_FORMAT, eligibleRoot } from '../../../src/transparency/formats/eligible-list.js';
import { UnusableInput, usable } from '../unusable-input.js';

/** Who may claim, by commitments. Nobody has signed it: its root is in the terms, or it is another list. */
export interface EligibleList {
  readonly campaign: string;
  readonly commitments: ReadonlySet<string>;
  /** In base64. */
  readonly root: string;
}

/**
 * Reads a list of commitments (docs/transparency.md, "The list of who may claim").
 * @throws UnusableInput when it is none, or names somebody twice
 */
export function parseEligibleList(text: string): EligibleList {
  const [format, campaign = '', ...commitments] = text.split('\n');
  if (format !== ELIGIBLE_FORMAT)
    throw new UnusableInput(`This is no list of who may claim: it does not begin with ${ELIGIBLE_FORMAT}.`);
  if (commitments.pop() !== '') throw new UnusableInput('The list ends within a line: it was cut off.');
  commitments.forEach((commitment, place) => {
    usable(() => hashFromBase64(commitment, 'list'));
    if (place > 0 && commitment <= (commitments[place - 1] ?? ''))
      throw new UnusableInput(`The list is not in ascending order at its line ${place + 3}.`);
  });
  return { campaign, commitments: new Set(commitments), root: toBase64(eligibleRoot(commitments)) };
}
