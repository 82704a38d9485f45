import type { HttpAnswer } from '../../src/payouts/by-provider/provider-call.js';
import {
  readLookUpAnswer,
  readTransferAnswer,
  retryAfterMs,
} from '../../src/payouts/by-provider/transfer-answer.js';

const request = {
  idempotencyKey: 'grant:c:42',
  body: '{"campaignId":"c","userId":"42","amount":10,"currency":"KRW"}',
};

const transfer = {
  id: 'tr_000001',
  idempotencyKey: 'grant:c:42',
  campaignId: 'c',
  userId: '42',
  amount: 10,
  currency: 'KRW',
  state: 'settled',
  reason: null as string | null,
};

function answer(status: number, change: Readonly<Record<string, unknown>> = {}): HttpAnswer {
  return { status, headers: {}, body: JSON.stringify({ ...transfer, ...change }) };
}

describe('P7: the meaning of a provider’s answer', () => {
  it.each([200, 201])('%s with a settled transfer that repeats the request is settled', (status) => {
    expect(readTransferAnswer(request, answer(status))).toEqual({
      kind: 'settled',
      providerReference: 'tr_000001',
    });
  });

  it('a rejection counts with status 200, 201 or 422, with a reason that is safe to show', () => {
    const rejected = { state: 'rejected', reason: 'account-closed' };
    for (const status of [200, 201, 422])
      expect(readTransferAnswer(request, answer(status, rejected))).toEqual({
        kind: 'rejected',
        providerReference: 'tr_000001',
        reason: 'account-closed',
      });
    for (const reason of [null, '', 'Mr 42 <b>', 'x'.repeat(65)])
      expect(readTransferAnswer(request, answer(422, { ...rejected, reason }))).toMatchObject({
        reason: 'unspecified',
      });
  });

  it.each([
    ['another key', { idempotencyKey: 'grant:c:420' }, 'other-key'],
    ['another amount', { amount: 11 }, 'other-amount'],
    ['another currency', { currency: 'USD' }, 'other-amount'],
    ['another user', { userId: '420' }, 'other-user'],
    ['another campaign', { campaignId: 'd' }, 'other-user'],
    ['an unknown state', { state: 'done' }, 'other-state'],
    ['a pending transfer', { state: 'pending' }, 'pending'],
    ['an amount that is a string', { amount: '10' }, 'unreadable'],
    ['an amount that is not an integer', { amount: 10.5 }, 'unreadable'],
    ['an id that cannot be stored', { id: 'tr\u0000' }, 'unreadable'],
    ['an id that is too long', { id: 'x'.repeat(201) }, 'unreadable'],
    ['a key that cannot be stored', { idempotencyKey: 'grant:\u0000' }, 'unreadable'],
  ])('%s is doubt, even if the answer says rejected', (_, change, why) => {
    expect(readTransferAnswer(request, answer(201, change))).toEqual({ kind: 'in-doubt', why });
    if ('state' in change) return;
    expect(readTransferAnswer(request, answer(422, { ...change, state: 'rejected' }))).toEqual({
      kind: 'in-doubt',
      why,
    });
  });

  it('a status that refuses with a body that pays is doubt', () => {
    expect(readTransferAnswer(request, answer(422))).toEqual({ kind: 'in-doubt', why: 'other-state' });
  });

  it.each([202, 204, 301, 400, 404, 407, 409, 500, 502, 503])(
    '%s is doubt, whatever its body says',
    (status) => {
      const rejected = { state: 'rejected', reason: 'account-closed' };
      for (const body of [{}, rejected])
        expect(readTransferAnswer(request, answer(status, body))).toEqual({
          kind: 'in-doubt',
          why: `status-${status}`,
        });
    },
  );

  it.each(['', 'null', '[]', '{}', '{"id":', '<html>OK</html>'])('%j is unreadable', (body) => {
    expect(readTransferAnswer(request, { status: 200, headers: {}, body })).toEqual({
      kind: 'in-doubt',
      why: 'unreadable',
    });
  });

  it('404 is "not found" only for a look-up, and never a rejection', () => {
    expect(readLookUpAnswer(request, answer(404, { state: 'rejected' }))).toEqual({ kind: 'not-found' });
    expect(readLookUpAnswer(request, answer(200, { state: 'reversed' }))).toEqual({
      kind: 'reversed',
      providerReference: 'tr_000001',
    });
  });

  it('429 is "not now", for as long as Retry-After says, within limits', () => {
    expect(readTransferAnswer(request, { ...answer(429), headers: { 'retry-after': '7' } })).toEqual({
      kind: 'not-now',
      retryAfterMs: 7_000,
    });
    const of = (after: string | undefined, date?: string): number =>
      retryAfterMs({ 'retry-after': after, date });
    expect([' 3 ', '0', '', undefined, 'soon', '-5', '99999999'].map((after) => of(after))).toEqual([
      3_000, 1_000, 1_000, 1_000, 1_000, 1_000, 3_600_000,
    ]);
    const inAMinute = of(new Date(Date.now() + 60_000).toUTCString());
    expect(inAMinute).toBeGreaterThan(50_000);
    expect(inAMinute).toBeLessThanOrEqual(60_000);
    expect(of('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(1_000);
  });

  it('a date in Retry-After is read by the provider’s clock, whatever ours says', () => {
    const [date, after] = ['Thu, 01 Jan 2099 00:00:00 GMT', 'Thu, 01 Jan 2099 00:00:07 GMT'];
    expect(retryAfterMs({ 'retry-after': after, date })).toBe(7_000);
  });
});

describe('R23: a provider that refuses our credentials has looked at nothing', () => {
  it.each([401, 403])('%s is a refusal for a request and for a look-up, whatever its body says', (status) => {
    for (const read of [readTransferAnswer, readLookUpAnswer])
      for (const body of [{}, { state: 'rejected' }])
        expect(read(request, answer(status, body))).toEqual({ kind: 'refused', why: `status-${status}` });
  });
});
