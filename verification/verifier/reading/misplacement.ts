/** Files that people mix up. The sentences are in words/. */
export type Misplacement = 'proof-as-receipt' | 'receipt-as-proof';
