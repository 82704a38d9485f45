import { formatLeaf, parseLeaf } from '../../../../src/transparency/formats/leaf.js';
import { MalformedLeaf } from '../../../../src/transparency/formats/malformed-leaf.js';

const HASH = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

/** One line of each kind, as docs/transparency.md has them. */
const LEAVES = [
  'v1 log give.example/receipts+0000beef+AUFB 100000 1764100000000',
  `v1 terms ten-won 10000 1000 10 KRW 1764100000000 - regrant - ${HASH} 1764099000000`,
  'v1 unproven ten-won 1764099000000',
  'v1 epoch ten-won 1 0 1764100000000',
  'v1 lost ten-won 2 7 9',
  `v1 claim ten-won 1 1 1764100000001 1 ${HASH}`,
  `v1 claim ten-won 1 10001 1764100000002 - ${HASH}`,
  'v1 full ten-won 1 11000 1764100000003',
  'v1 promote ten-won 10001 5 1764100000004',
  `v1 paid ten-won 1 1 ${HASH} 1764100000005`,
  'v1 failed ten-won 5 5 wallet-closed - 1764100000006',
  'v1 revoked ten-won 6 6 - 1764100000006',
  'v1 reversed ten-won 1 1 keep - 1764100000006',
  'v1 left ten-won 10002 1764100000007',
  'v1 ended ten-won 10003 1764100000008',
  'v1 state ten-won 2 CLOSED - - 1000 11000 - 1764100000009',
  'v1 stopped ten-won not-justified 1764100000010',
  'v1 restored ten-won 5 9 1764100000011',
  'v1 end ten-won 11000 10000 2 1 997 1764100000012',
];

describe('a leaf', () => {
  it.each(LEAVES)('is the same line after it was read: %s', (line) => {
    expect(formatLeaf(parseLeaf(line))).toBe(line);
  });

  it('holds numbers as numbers, and none as null', () => {
    expect(parseLeaf(`v1 claim ten-won 1 10001 1764100000002 - ${HASH}`)).toEqual({
      kind: 'claim',
      campaign: 'ten-won',
      epoch: 1,
      arrivalNo: 10001,
      createdAtMs: 1764100000002,
      slot: null,
      who: HASH,
    });
  });

  it.each([
    ['another version', 'v2 unproven ten-won 1'],
    ['an unknown kind', 'v1 gift ten-won 1'],
    ['a field too many', 'v1 unproven ten-won 1 2'],
    ['a field too few', 'v1 unproven ten-won'],
    ['a double space', 'v1 unproven  ten-won 1'],
    ['a space at the end', 'v1 unproven ten-won 1 '],
    ['a newline', 'v1 unproven ten-won 1\n'],
    ['a leading zero', 'v1 unproven ten-won 01'],
    ['a sign', 'v1 unproven ten-won -1'],
    ['a number beyond 2^53', 'v1 unproven ten-won 9007199254740993'],
    ['arrival number 0', 'v1 left ten-won 0 1'],
    ['none where a value is needed', 'v1 promote ten-won 1 - 1'],
    ['a campaign that is no slug', 'v1 unproven Ten-Won 1'],
    ['base64 that is not canonical', `v1 claim ten-won 1 1 1 1 ${HASH.replace('A=', 'B=')}`],
    ['another word', 'v1 reversed ten-won 1 1 maybe - 1'],
    ['no words at all', ''],
  ])('with %s is refused', (_, line) => {
    expect(() => parseLeaf(line)).toThrow(MalformedLeaf);
  });
});
