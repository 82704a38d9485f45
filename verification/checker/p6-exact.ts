import type { Statement } from './statement.js';

/**
 * P6 exact. Somebody who asked and is payable is somebody with a place whose payout was not rejected, and who did not leave: who was told
 * "sold out" and did not ask again may have missed a slot that came free later, by the campaign's rules. That "sold out"
 * was not said while slots were left is P5's, that no grant stays PENDING is P8's, and the gate's conservation is the
 * audit's.
 */
export const EXACT: readonly Statement[] = [
  {
    name: 'P6.exact',
    says: 'as many slots are live as payable people got a place, up to `capacity`, and exactly that many',
    examine: ({ books, tellings }, findings) => {
      findings.expectSome(tellings.length > 0);
      findings.look(books.places.length);
      const payable = books.places.filter(({ status }) => status !== 'FAILED' && status !== 'LEFT');
      const live = payable.filter(({ status }) => status === 'SUCCESS' || status === 'PENDING');
      const expected = Math.min(books.capacity, payable.length);
      if (live.length !== expected)
        findings.violate(
          `${live.length} slots are live; ${payable.length} people are payable, capacity is ${books.capacity}`,
        );
    },
  },
];
