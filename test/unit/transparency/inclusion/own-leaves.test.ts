import { toBase64 } from '../../../../src/transparency/formats/bytes.js';
import { commitToUser } from '../../../../src/transparency/formats/commitment.js';
import { nonceOfUser } from '../../../../src/transparency/formats/nonce.js';
import { ownLeaves } from '../../../../src/transparency/inclusion/own-leaves.js';
import type { PersonLeaf } from '../../../../src/transparency/inclusion/person-leaves.js';

const KEY = new Uint8Array(32).fill(7);
const ME = { userId: '42', arrivalNo: 5 };

const claimOf = (userId: string): string => {
  const who = toBase64(commitToUser('drop', userId, nonceOfUser(KEY, userId)));
  return `v1 claim drop 1 5 1764100000000 5 ${who}`;
};
const PAID = 'v1 paid drop 5 5 - 1764100000100';

/** What is found of me when the log has these lines at the indexes 10, 20, … */
function found(
  lines: readonly string[],
  {
    size = 1_000,
    isOver = false,
    key = KEY,
  }: { size?: number; isOver?: boolean; key?: Uint8Array | null } = {},
): unknown {
  const leaves = lines.map((line, i): PersonLeaf => ({ index: 10 * (i + 1), line }));
  const own = ownLeaves('drop', ME, { key, isOver, byNumber: new Map([[5, leaves]]) }, size);
  return own.kind === 'logged' ? own.leaves.map(({ line }) => line) : own.kind;
}

it('are the claim, and what followed, as far as it is published', () => {
  expect(found([claimOf('42'), PAID])).toEqual([claimOf('42'), PAID]);
  expect(found([claimOf('42'), PAID], { size: 20 })).toEqual([claimOf('42')]);
  expect(found([claimOf('42'), PAID], { size: 10 })).toBe('not-yet');
});

it('are not there before the log has the claim; and never will be once it takes no more', () => {
  expect(found([])).toBe('not-yet');
  expect(found([], { isOver: true })).toBe('never');
});

it('can not be known without the key of the campaign', () => {
  expect(found([claimOf('42')], { key: null })).toBe('never');
});

it('are not those of somebody who had the number before the database was set back', () => {
  expect(found([claimOf('41'), PAID])).toBe('not-yet');
  expect(found([claimOf('41'), PAID, claimOf('42')])).toEqual([claimOf('42')]);
  expect(found([claimOf('42'), PAID, claimOf('41')])).toBe('not-yet');
});
