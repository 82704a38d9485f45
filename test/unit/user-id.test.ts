import fc from 'fast-check';
import { isUserId } from '../../src/platform/identity/user-id.js';

const LARGEST = 2n ** 63n - 1n;

describe('a user id', () => {
  it('may be any decimal in 1..2^63-1', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: LARGEST }), (id) => {
        expect(isUserId(id.toString())).toBe(true);
      }),
    );
  });

  it('is neither beyond BIGINT, nor zero, nor negative', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt({ min: LARGEST + 1n, max: 10n ** 40n }), fc.bigInt({ min: -LARGEST, max: 0n })),
        (id) => {
          expect(isUserId(id.toString())).toBe(false);
        },
      ),
    );
  });

  it('is only a text that its number prints as, so that two texts never name the same user', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.stringMatching(/^[ +-]?0*\d{1,20}(\.0|e1|n| )?$/),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          if (isUserId(text)) expect(BigInt(text).toString()).toBe(text);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each(['', '0', '01', '+1', '-1', ' 1', '1 ', '1\n', '1.0', '1e3', '0x1', '１', '9223372036854775808'])(
    'is not %j',
    (text) => {
      expect(isUserId(text)).toBe(false);
    },
  );

  it.each([[1], [1n], [null], [undefined], [['1']], [{ toString: () => '1' }]])(
    'is a string, not %p',
    (value) => {
      expect(isUserId(value)).toBe(false);
    },
  );
});
