import { stateWords, transferWords, troubleWords } from '../../../web/console/payouts/payout-words.js';
import { en } from '../../../web/console/messages/en.js';
import { ko } from '../../../web/console/messages/ko.js';

describe('a payout', () => {
  it('is told in the words of the viewer', () => {
    expect(troubleWords('time-out', en)).toBe('no answer in time');
    expect(troubleWords('status-503', ko)).toBe('지급사의 응답 503');
    expect(troubleWords('wallet-closed', en)).toBe('the wallet is closed');
    for (const state of [...Object.keys(en.payouts.state), 'settled', 'rejected', 'reversed', 'pending'])
      expect(stateWords(state, ko)).not.toMatch(/[a-z]/i);
    expect(transferWords('tr 17 settled', en)).toBe('tr 17 Paid');
  });

  it('leaves what operators and providers wrote as it is', () => {
    expect(troubleWords('the bank called', ko)).toBe('the bank called');
    expect(troubleWords('toString', ko)).toBe('toString');
    expect(stateWords('frozen', ko)).toBe('frozen');
    expect(transferWords('17', ko)).toBe('17');
  });
});
