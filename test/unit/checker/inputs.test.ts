import { parseBankLog } from '../../../verification/checker/bank-log.js';
import { faultsThatDidNotFire, parseFaultPlan } from '../../../verification/checker/fault-plan.js';
import { parseHistory } from '../../../verification/checker/history.js';
import { UnusableInputError } from '../../../verification/checker/unusable-input.js';

const claim = { client: 'c7', op: 'claim', campaignId: 'x', userId: '42', start: 12.3 };
const answered = { ...claim, end: 15.9, status: 202, body: { arrivalNo: 1 } };
const settled = {
  ...{ seq: 1, at: '2026-11-22T09:00:00.000Z', event: 'settled', id: 'tr_1', idempotencyKey: 'grant:x:42' },
  ...{ campaignId: 'x', userId: '42', amount: 10, currency: 'KRW', reason: null },
};
const lines = (...objects: readonly object[]) =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');

describe('A history', () => {
  it('is read line by line; an operation without an end was never answered', () => {
    const unanswered = { ...claim, end: null, status: null, body: null };
    expect(parseHistory(lines(answered, unanswered, claim))).toEqual([answered, unanswered, unanswered]);
  });

  it('counts an operation once that was written at its begin and at its end', () => {
    const begun = { id: 1, ...claim, end: null, status: null, body: null };
    const other = { ...begun, id: 2, userId: '43' };
    const read = parseHistory(lines(begun, other, { id: 1, ...answered }));
    expect(read).toEqual([answered, { ...claim, userId: '43', end: null, status: null, body: null }]);
  });

  it('may end in the middle of a line, because its writer was killed', () => {
    expect(parseHistory(`${lines(answered)}{"client":"c7","op`)).toEqual([answered]);
    expect(parseHistory(`${lines(answered)}${JSON.stringify(claim)}`)).toHaveLength(2);
  });

  it.each([
    ['a line that is not JSON', 'nonsense\n'],
    ['a line that is not an object', '[]\n'],
    ['an end before its start', lines({ ...answered, end: 1 })],
    ['an answer without a status', lines({ ...answered, status: null })],
    ['no start', lines({ ...answered, start: undefined })],
    ['a numeric user id, because a number cannot hold 2^63-1', lines({ ...answered, userId: 42 })],
  ])('is refused with %s, naming the line', (_, text) => {
    expect(() => parseHistory(lines(answered) + text)).toThrow(UnusableInputError);
    expect(() => parseHistory(lines(answered) + text)).toThrow("Line 2 of the history can't be read.");
  });
});

describe("The provider's log", () => {
  it('is read in order', () => {
    const fault = { seq: 2, at: settled.at, event: 'fault', reason: 'reset' };
    const pending = { ...settled, seq: 5, event: 'pending' };
    expect(parseBankLog(lines(settled, fault, pending)).map(({ seq, event }) => [seq, event])).toEqual([
      [1, 'settled'],
      [2, 'fault'],
      [5, 'pending'],
    ]);
  });

  it.each([
    ['an unknown event', lines({ ...settled, event: 'paid' })],
    ['money without an amount', lines({ ...settled, amount: undefined })],
    ['a rejection without a key', lines({ ...settled, event: 'rejected', idempotencyKey: null })],
    ['a repeated number', lines(settled, settled)],
  ])('is refused with %s', (_, text) => {
    expect(() => parseBankLog(text)).toThrow(UnusableInputError);
  });
});

describe('The fault plan', () => {
  it('names each kind of fault that fired less often than planned', () => {
    const plan = parseFaultPlan(
      '{"planned":{"kill-worker":2,"reset":1,"cut":0},"fired":{"kill-worker":1,"reset":3}}',
    );
    expect(faultsThatDidNotFire(plan)).toEqual(['fault kill-worker was planned 2 times and fired 1 times']);
  });

  it.each([
    '',
    '[]',
    '{"planned":{}}',
    '{"planned":{"a":-1},"fired":{}}',
    '{"planned":{"a":"1"},"fired":{}}',
  ])('is refused when it is invalid: %s', (text) => {
    expect(() => parseFaultPlan(text)).toThrow(UnusableInputError);
  });
});
