import type { Statement } from './statement.js';

/** P1 cap. The audit checks that at most `capacity` grants are live in Postgres. */
export const CAP: readonly Statement[] = [
  {
    name: 'P1.money-within-capacity',
    says: 'at no moment had more than `capacity` payouts moved money that was not returned',
    examine: ({ accountedMoney, books }, findings) => {
      findings.expectSome(books.places.some(({ status }) => status === 'SUCCESS'));
      let moved = 0;
      for (const { what, key } of accountedMoney ?? []) {
        findings.look();
        if (what === 'moved' && ++moved > books.capacity)
          findings.violate(`${key} was payout number ${moved}`);
        if (what === 'returned') moved--;
      }
    },
  },
  {
    name: 'P1.told-within-capacity',
    says: 'every slot in an answer is in 1..capacity, and at most `capacity` people were told SUCCESS and kept the money',
    examine: ({ tellings, books, reversed }, findings) => {
      findings.expectSome(books.places.some(({ grantSeq }) => grantSeq !== null));
      const paid = new Set<string>();
      for (const { userId, place } of tellings) {
        if (place.grantSeq === null) continue;
        findings.look();
        if (place.grantSeq > books.capacity)
          findings.violate(`user ${userId} was told slot ${place.grantSeq}`);
        if (place.status === 'SUCCESS' && !reversed.has(userId)) paid.add(userId);
      }
      if (paid.size > books.capacity) findings.violate(`${paid.size} people were told SUCCESS`);
    },
  },
];
