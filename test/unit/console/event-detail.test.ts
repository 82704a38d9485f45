import type { Person } from '../../../src/campaigns/reports/person.js';
import { tell } from '../../../src/live/story/story-event.js';
import { en } from '../../../web/console/messages/en.js';
import { ko } from '../../../web/console/messages/ko.js';
import { eventDetail } from '../../../web/console/people/event-detail.js';

const at = new Date('2026-11-26T01:00:00.000Z');
const person = (more: Partial<Person>): Person => ({
  ...{ userId: '42', status: 'FAILED', arrivalNo: 7, createdAt: at, updatedAt: at, grantSeq: 2 },
  ...{ promotedAt: at, slotFrom: null, failureReason: null, paidAt: null, payoutReference: null, ...more },
});

/** The details that the console shows: those of claimed and ended are in its summary. */
const details = [
  ...tell(person({ slotFrom: { userId: '41', arrivalNo: 3 } }), [], person({ userId: '105', arrivalNo: 9 })),
  ...tell(person({}), [], null),
]
  .filter(({ kind, detail }) => kind !== 'claimed' && detail !== null)
  .map(({ detail }) => detail!);

it('is told in Korean wherever the service chose the words', () => {
  expect(details.length).toBe(3);
  for (const detail of [...details, 'attempt 1', 'time-out', 'status-503', 'wallet-closed'])
    expect(eventDetail(detail, ko)).not.toMatch(/[a-z]/i);
});

it('says the same in English as the API', () => {
  for (const detail of [...details, 'attempt 1']) expect(eventDetail(detail, en)).toBe(detail);
});

it('leaves the words of operators and providers alone', () => {
  expect(eventDetail('the bank called', ko)).toBe('the bank called');
});
