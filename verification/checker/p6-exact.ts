import type { Statement } from './statement.js';

/**
 * P6 exact. A payable person has a place, did not leave, and their payout was not rejected. Whoever was told "sold out"
 * and did not ask again may, by the campaign's rules, have missed a slot that became free later. Nobody gets a slot
 * whose money came back after the line was ended. P5 checks that "sold out" was not said while slots were left, P8 that
 * no grant stays PENDING, and the audit the gate's conservation.
 */
export const EXACT: readonly Statement[] = [
  {
    name: 'P6.exact',
    says: 'the number of live slots is exactly the number of payable people with a place, up to `capacity`',
    examine: ({ books, tellings }, findings) => {
      findings.expectSome(tellings.length > 0);
      findings.look(books.places.length);
      const payable = books.places.filter(({ status }) => status !== 'FAILED' && status !== 'LEFT');
      const live = payable.filter(({ status }) => status === 'SUCCESS' || status === 'PENDING');
      const late = books.places.filter(({ cameBackLate }) => cameBackLate);
      const expected = Math.min(books.capacity - late.length, payable.length);
      if (live.length !== expected)
        findings.violate(
          `${live.length} slots are live; ${payable.length} people are payable, capacity is ${books.capacity}`,
        );
    },
  },
];
