import { answerOf, api } from '../api/client.js';

/** People per request: as many ids of 19 digits as fit into the 16 KiB that a body may have. */
const PART = 700;

const USER_ID = /^[1-9]\d{0,18}$/;
const LARGEST = 2n ** 63n - 1n;

/** Who may claim, as a file says: somebody, nobody, or a line that is no user id. */
export type ReadList =
  | { readonly kind: 'list'; readonly userIds: readonly string[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'wrong'; readonly line: number };

/** Reads one user id a line, or the first column of a CSV file, whose first line may be a heading. */
export function readList(text: string): ReadList {
  const userIds: string[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const cell =
      line
        .split(/[,;\t]/)[0]
        ?.trim()
        .replace(/^"(.*)"$/, '$1') ?? '';
    if (USER_ID.test(cell) && BigInt(cell) <= LARGEST) userIds.push(cell);
    else if (line.trim() !== '' && (i > 0 || /^\d/.test(cell))) return { kind: 'wrong', line: i + 1 };
  }
  return userIds.length === 0 ? { kind: 'empty' } : { kind: 'list', userIds };
}

/** Puts people on the list of a campaign, part by part. Safe to repeat. Throws as `answerOf` does. */
export async function uploadList(id: string, userIds: readonly string[]): Promise<void> {
  for (let from = 0; from < userIds.length; from += PART) {
    const body = { userIds: userIds.slice(from, from + PART) };
    await answerOf(api.POST('/v1/campaigns/{id}/eligible', { params: { path: { id } }, body }));
  }
}
