import { prefersReceipt } from '../../../../src/transparency/receipts/prefers-receipt.js';

describe('Prefer', () => {
  it.each(['receipt', ' Receipt ', 'respond-async, receipt', 'receipt; x=1', 'wait=10,receipt'])(
    '%j asks for a receipt',
    (header) => expect(prefersReceipt(header)).toBe(true),
  );

  it.each([undefined, '', 'receipts', 'return=receipt', 'receipt=no', 'respond-async'])(
    '%j does not',
    (header) => expect(prefersReceipt(header)).toBe(false),
  );
});
