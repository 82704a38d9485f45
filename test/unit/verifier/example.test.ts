import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReceipt } from '../../../verification/verifier/receipts/receipt.js';
import { namesIn, verifyText } from '../../support/log-kit/verify-text.js';

/** The blocks of the page, without the commands. */
const [proof = '', receipt = '', said = ''] = [
  ...readFileSync(join(__dirname, '../../../docs/verifying.md'), 'utf8').matchAll(/\n```\n([^]*?)```\n/g),
].map(([, block]) => block ?? '');

describe('the example in docs/verifying.md', () => {
  it('is proven, and its receipt is in it', async () => {
    const verdict = await verifyText(proof, { receipts: [parseReceipt(receipt)] });
    expect(namesIn(verdict)).toEqual(['in-the-log']);
    expect(verdict.conclusion).toBe('proven');
    expect(verdict.receipts).toEqual([
      { name: 'in-the-log', campaign: 'ten-won', arrivalNo: 3, status: 'paid' },
    ]);
    expect(said).toContain('Your receipt is in it, at place 3: you were paid.');
  });

  it('is another log when any of its leaves is another one', async () => {
    const changed = await verifyText(proof.replace('v1 paid ten-won 1 1', 'v1 paid ten-won 1 2'));
    expect(namesIn(changed)).toContain('root-differs');
  });
});
