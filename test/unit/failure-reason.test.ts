import { type EndedPayout, failureReason } from '../../src/grants/failure-reason.js';

const ended = (
  payoutState: EndedPayout['payoutState'],
  payoutReference: string | null = null,
  payoutError: string | null = null,
): EndedPayout => ({ payoutState, payoutReference, payoutError });

describe('why a claim failed, from what is stored of its payout', () => {
  it.each([
    ['no payout has ended', ended(null), null],
    ['it was paid', ended('SETTLED', '17'), null],
    ['the ledger found the wallet closed', ended('REJECTED', '17', 'wallet-closed'), 'wallet-closed'],
    [
      'a provider gave a reason of its own',
      ended('REJECTED', 'tr-1', 'limit-exceeded'),
      'rejected-by-provider',
    ],
    ['a provider gave no usable reason', ended('REJECTED', 'tr-1', 'unspecified'), 'rejected-by-provider'],
    ['an operator decided', ended('REJECTED', null, 'the bank told us'), 'rejected-by-operator'],
    ['an operator used a provider’s word', ended('REJECTED', null, 'wallet-closed'), 'rejected-by-operator'],
    ['the grant was revoked', ended('REVOKED', null, 'revoked'), 'revoked'],
    ['the money came back', ended('REVERSED', 'tr-1'), 'reversed'],
  ] as const)('%s', (_, payout, reason) => expect(failureReason(payout)).toBe(reason));
});
