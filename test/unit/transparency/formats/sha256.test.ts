import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { sha256 } from '../../../../src/transparency/formats/sha256.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = fc.uint8Array({ maxLength: 300 });

describe('a hash', () => {
  it('is over all its parts, texts in UTF-8, also if they are longer than those before', () => {
    const part = fc.oneof(bytes, fc.string({ unit: 'grapheme', maxLength: 2_000 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const whole = Buffer.concat(parts.map((one) => Buffer.from(one as string)));
        expect(hex(sha256(...parts))).toBe(createHash('sha256').update(whole).digest('hex'));
      }),
    );
  });

  it('is the same by what is taken in browsers', () => {
    const { getBuiltinModule } = process;
    jest.isolateModules(() => {
      Object.assign(process, { getBuiltinModule: undefined });
      const inBrowsers = jest.requireActual<typeof import('../../../../src/transparency/formats/sha256.js')>(
        '../../../../src/transparency/formats/sha256.js',
      );
      fc.assert(
        fc.property(bytes, (message) =>
          expect(hex(inBrowsers.sha256('text', message))).toBe(hex(sha256('text', message))),
        ),
      );
    });
    Object.assign(process, { getBuiltinModule });
  });
});
