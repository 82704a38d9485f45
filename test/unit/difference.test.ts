import type { PayoutState } from '../../src/payouts/payout-state.js';
import { PAYOUT_STATES } from '../../src/payouts/payout-state.js';
import {
  differenceBetween,
  isUndecided,
  type OurPayout,
} from '../../src/payouts/reconciliation/difference.js';

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

describe('the difference between our payout and the provider’s transfers of a key', () => {
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

  it.each(PAYOUT_STATES)('compares %s with settled, rejected, reversed, pending and missing', (state) => {
    const theirs = [...['settled', 'rejected', 'reversed', 'pending'].map((one) => [there(one)]), []];
    expect(theirs.map((transfers) => differenceBetween(key, here(state), transfers))).toEqual(
      expected[state],
    );
  });

  it('reports no difference while a payout is under way', () => {
    expect(differenceBetween(key, here('SENDING', { underWay: true }), [there('settled')])).toBeNull();
  });

  it('reports other terms before different states', () => {
    for (const change of [{ amount: 11 }, { currency: 'USD' }, { userId: '43' }, { campaignId: 'd' }])
      for (const state of PAYOUT_STATES)
        expect(differenceBetween(key, here(state), [there('settled', change)])).toBe('other-terms');
  });

  it('reports two transfers of a key as paid twice if both moved money', () => {
    const pair = (a: string, b: string) => differenceBetween(key, here('SETTLED'), [there(a), there(b)]);
    expect(pair('settled', 'settled')).toBe('paid-twice');
    expect(pair('reversed', 'settled')).toBe('two-transfers');
  });

  it('reports a transfer that we never requested, unless it was rejected', () => {
    expect(differenceBetween(key, null, [there('settled')])).toBe('unknown-here');
    expect(differenceBetween(key, null, [there('pending')])).toBe('unknown-here');
    expect(differenceBetween(key, null, [there('rejected')])).toBeNull();
  });

  it('reports a transfer that paid what our own ledger paid, unless it was rejected', () => {
    const byLedger = here('SETTLED', { body: null });
    expect(differenceBetween(key, byLedger, [])).toBeNull();
    expect(differenceBetween(key, byLedger, [there('settled')])).toBe('paid-by-ledger');
    expect(differenceBetween(key, byLedger, [there('rejected')])).toBeNull();
  });
});

describe('what is undecided although the sides do not differ', () => {
  const undecided: readonly PayoutState[] = ['SENDING', 'IN_DOUBT', 'HELD'];

  it.each(PAYOUT_STATES)('%s, where the provider knows nothing', (state) => {
    expect(isUndecided(here(state), [])).toBe(undecided.includes(state));
    expect(isUndecided(here(state, { body: null }), [])).toBe(false); // our ledger pays in one transaction
  });

  it('anything that is pending at the provider', () => {
    for (const state of PAYOUT_STATES) expect(isUndecided(here(state), [there('pending')])).toBe(true);
    expect(isUndecided(here('SETTLED'), [there('settled')])).toBe(false);
    expect(isUndecided(null, [there('rejected')])).toBe(false);
  });
});
