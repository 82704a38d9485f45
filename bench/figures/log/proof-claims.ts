import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A claim in a proof. */
export interface ProvenClaim {
  /** Of its leaf, in the log. */
  readonly index: number;
  /** When it was made, in ms since 1970. */
  readonly createdAtMs: number;
}

/** The claims in a proof, in order (docs/transparency.md, "The proof of a campaign"). @param lines of the file */
export async function proofClaims(lines: AsyncIterable<string>): Promise<ProvenClaim[]> {
  const claims: ProvenClaim[] = [];
  let index = 0;
  for await (const line of lines) {
    const [mark, second, kind, , , , createdAtMs] = line.split(' ');
    if (mark === 'l' && kind === 'claim') claims.push({ index, createdAtMs: Number(createdAtMs) });
    if (mark === 'l') index += 1;
    if (mark === 'n') index += 2 ** Number(second);
  }
  return claims;
}

/** @param path of a file */
export function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
}
