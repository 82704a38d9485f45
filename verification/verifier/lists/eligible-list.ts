import {
  EligibleListReader,
  type ReadEligibleList,
} from '../../../src/transparency/formats/eligible-list.js';
import { usable } from '../unusable-input.js';
import { SortedTexts } from './sorted-texts.js';

/** Bytes of base64 in which a commitment is written. */
const COMMITMENT_LENGTH = 44;

/** Who may claim, by commitments. Nobody has signed it: its root is in the terms, or it is another list. */
export interface EligibleList extends ReadEligibleList {
  /** Whether somebody is on it. */
  has(commitment: string): boolean;
}

/**
 * Reads a list of commitments (docs/transparency.md, "The list of who may claim"), piece by piece. Memory: 45 bytes a
 * person.
 * @throws UnusableInput when it is none, or names somebody twice
 */
export async function readEligibleList(pieces: AsyncIterable<Uint8Array>): Promise<EligibleList> {
  const people = new SortedTexts(COMMITMENT_LENGTH);
  const reader = new EligibleListReader((commitment) => people.add(commitment));
  for await (const piece of pieces) usable(() => reader.push(piece));
  return { ...usable(() => reader.finish()), has: (commitment) => people.has(commitment) };
}
