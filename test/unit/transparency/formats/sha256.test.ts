import { sha256 as portable } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { createHmac, hash } from 'node:crypto';
import { hmacSha256 } from '../../../../src/transparency/formats/hmac-sha256.js';
import { sha256 } from '../../../../src/transparency/formats/sha256.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = fc.uint8Array({ maxLength: 300 });

describe('a hash', () => {
  it('is the same by OpenSSL, which is taken here, and by what browsers take', () => {
    expect(sha256).not.toBe(portable);
    fc.assert(
      fc.property(bytes, (message) => {
        expect(hex(sha256(message))).toBe(hash('sha256', message));
        expect(hex(portable(message))).toBe(hash('sha256', message));
      }),
    );
  });

  it('under a key is the HMAC that Node makes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes, (key, message) => {
        expect(hex(hmacSha256(key, message))).toBe(createHmac('sha256', key).update(message).digest('hex'));
      }),
    );
  });

  it('takes no key that would have to be hashed first', () => {
    expect(() => hmacSha256(new Uint8Array(65), new Uint8Array())).toThrow(RangeError);
  });
});
