import type { PayoutState } from '../../src/payouts/payout-state.js';
import { PAYOUT_STATES } from '../../src/payouts/payout-state.js';
import { differenceBetween, type OurPayout } from '../../src/payouts/reconciliation/difference.js';

const key = 'grant:c:42';

const there = (state: string, change: Readonly<Record<string, unknown>> = {}) => ({
  id: 'tr_000001',
  idempotencyKey: key,
  campaignId: 'c',
  userId: '42',
  amount: 10,
  currency: 'KRW',
  state,
  reason: null,
  ...change,
});

const here = (state: PayoutState, change: Partial<OurPayout> = {}): OurPayout => ({
  state,
  body: '{"campaignId":"c","userId":"42","amount":10,"currency":"KRW"}',
  underWay: false,
  ...change,
});

describe('what two sides hold of a key', () => {
  const open = ['settled-there', 'rejected-there', 'reversed-there', null, null] as const;
  const expected: Readonly<Record<PayoutState, readonly (string | null)[]>> = {
    DUE: open,
    SENDING: open,
    IN_DOUBT: open,
    HELD: open,
    SETTLED: [null, 'not-settled-there', 'reversed-there', 'not-settled-there', 'missing-there'],
    REJECTED: ['paid-though-failed', null, null, null, null],
    REVOKED: ['paid-though-failed', null, null, null, null],
    REVERSED: ['not-reversed-there', 'not-reversed-there', null, 'not-reversed-there', 'missing-there'],
  };

  it.each(PAYOUT_STATES)('%s against settled, rejected, reversed, pending and missing', (state) => {
    const theirs = [...['settled', 'rejected', 'reversed', 'pending'].map((one) => [there(one)]), []];
    expect(theirs.map((transfers) => differenceBetween(key, here(state), transfers))).toEqual(
      expected[state],
    );
  });

  it('a payout that somebody is at differs in nothing yet', () => {
    expect(differenceBetween(key, here('SENDING', { underWay: true }), [there('settled')])).toBeNull();
  });

  it('other terms come before states', () => {
    for (const change of [{ amount: 11 }, { currency: 'USD' }, { userId: '43' }, { campaignId: 'd' }])
      for (const state of PAYOUT_STATES)
        expect(differenceBetween(key, here(state), [there('settled', change)])).toBe('other-terms');
  });

  it('a key that made two transfers is paid twice when both moved money', () => {
    const pair = (a: string, b: string) => differenceBetween(key, here('SETTLED'), [there(a), there(b)]);
    expect(pair('settled', 'settled')).toBe('paid-twice');
    expect(pair('reversed', 'settled')).toBe('two-transfers');
  });

  it('what we never asked for is named unless it was rejected', () => {
    expect(differenceBetween(key, null, [there('settled')])).toBe('unknown-here');
    expect(differenceBetween(key, null, [there('pending')])).toBe('unknown-here');
    expect(differenceBetween(key, null, [there('rejected')])).toBeNull();
  });

  it('what our own ledger paid is not to be there', () => {
    const byLedger = here('SETTLED', { body: null });
    expect(differenceBetween(key, byLedger, [])).toBeNull();
    expect(differenceBetween(key, byLedger, [there('settled')])).toBe('paid-by-ledger');
    expect(differenceBetween(key, byLedger, [there('rejected')])).toBeNull();
  });
});
