import { createHash, createHmac, randomBytes } from 'node:crypto';
import {
  commitToKey,
  commitToReference,
  commitToUser,
} from '../../../../src/transparency/formats/commitment.js';
import { nonceOfReference, nonceOfUser } from '../../../../src/transparency/formats/nonce.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// Computed here by Node's own functions, from the formulas of docs/transparency.md.
describe('a commitment', () => {
  const key = randomBytes(32);
  const nonce = (message: string): Buffer =>
    createHmac('sha256', key).update(message).digest().subarray(0, 16);

  it('to a user is the hash of campaign, user and nonce', () => {
    const opening = nonce('who\n42');
    expect(hex(nonceOfUser(key, '42'))).toBe(hex(opening));
    expect(hex(commitToUser('ten-won', '42', opening))).toBe(
      createHash('sha256').update('seonchak/v1 who\nten-won\n42\n').update(opening).digest('hex'),
    );
  });

  it('to a reference is the hash of campaign, reference and nonce', () => {
    const opening = nonce('reference\n은행-1');
    expect(hex(nonceOfReference(key, '은행-1'))).toBe(hex(opening));
    expect(hex(commitToReference('ten-won', '은행-1', opening))).toBe(
      createHash('sha256').update('seonchak/v1 reference\nten-won\n은행-1\n').update(opening).digest('hex'),
    );
  });

  it('to the key of a campaign is the hash of campaign and key', () => {
    expect(hex(commitToKey('ten-won', key))).toBe(
      createHash('sha256').update('seonchak/v1 key\nten-won\n').update(key).digest('hex'),
    );
  });
});
