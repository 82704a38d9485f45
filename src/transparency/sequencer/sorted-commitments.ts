/** A letter of base64 is ASCII. */
const LETTERS = 128;

/**
 * Commitments in base64, to be read in ascending order. They are divided by their first two letters as they come, so
 * that no step takes longer the more there are.
 */
export class SortedCommitments implements Iterable<string> {
  private readonly byLetters: string[][] = [];

  add(commitment: string): void {
    const letters = commitment.charCodeAt(0) * LETTERS + commitment.charCodeAt(1);
    (this.byLetters[letters] ??= []).push(commitment);
  }

  *[Symbol.iterator](): Generator<string> {
    for (let letters = 0; letters < LETTERS * LETTERS; letters += 1)
      yield* (this.byLetters[letters] ?? []).sort();
  }
}
