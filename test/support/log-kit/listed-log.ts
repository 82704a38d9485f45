import { Readable } from 'node:stream';
import { toBase64 } from '../../../src/transparency/formats/bytes.js';
import { ELIGIBLE_FORMAT, eligibleRoot } from '../../../src/transparency/formats/eligible-list.js';
import { hashLeaf } from '../../../src/transparency/formats/merkle-tree.js';
import { pathOver } from '../../../src/transparency/formats/path-over.js';
import { type EligibleList, readEligibleList } from '../../../verification/verifier/lists/eligible-list.js';
import { CAMPAIGN, goodLog } from './good-log.js';
import { commitmentOf, openingOf, userOf } from './receipts.js';
import { SignedLog } from './signed-log.js';

/** Everybody who claims in the good log, and nine who do not. */
export const LISTED = Array.from({ length: 20 }, (_, place) => place + 1);

function commitmentsOf(numbers: readonly number[]): string[] {
  return numbers.map(commitmentOf).sort();
}

/** The list of these people as it is published; a number stands for whoever would have it. */
export function listOf(numbers: readonly number[], campaign = CAMPAIGN): string {
  return [ELIGIBLE_FORMAT, campaign, ...commitmentsOf(numbers), ''].join('\n');
}

/** Reads such a list as the verifier does; it comes in pieces that end anywhere. */
export function readList(text: string, pieceBytes = 100): Promise<EligibleList> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, place) =>
    bytes.subarray(place * pieceBytes, (place + 1) * pieceBytes),
  );
  return readEligibleList(Readable.from(pieces));
}

/** The good log, whose terms commit to the list of these people. */
export function listedLog(numbers: readonly number[]): SignedLog {
  const root = toBase64(eligibleRoot(commitmentsOf(numbers)));
  const isTerms = new RegExp(`^v1 terms ${CAMPAIGN} `);
  return new SignedLog(
    goodLog(commitmentOf).map((leaf) =>
      isTerms.test(leaf) ? leaf.replace(/ - (\S+ \d+)$/, ` ${root} $1`) : leaf,
    ),
  );
}

/** Where somebody stands in a list, as they are told. */
export interface ToldPlace {
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
}

/** The place of whoever would have this number in the list of these people. */
export function placeOf(number: number, numbers = LISTED): ToldPlace {
  const lines = commitmentsOf(numbers);
  const index = lines.indexOf(commitmentOf(number));
  return { index, size: lines.length, path: pathOver(lines.map(hashLeaf), index).map(toBase64) };
}

/** What the person who would have this number is given. */
export function listed(
  number: number,
  of: { readonly place?: ToldPlace; readonly nonceOf?: number; readonly campaignId?: string } = {},
): string {
  const { place, nonceOf = number, campaignId = CAMPAIGN } = of;
  const nonce = toBase64(openingOf(userOf(nonceOf)));
  return JSON.stringify({
    ...{ format: 'seonchak-listed/v1', campaignId, userId: userOf(number), nonce },
    ...place,
  });
}
