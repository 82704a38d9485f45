import { saysClosed } from './answer.js';
import type { BooksSnapshot } from './books-snapshot.js';
import type { Statement } from './statement.js';

/**
 * The minimum number of places when the gate is full. Once no slot can become free any more, nobody enters the line
 * (R9).
 */
function fullAt({ capacity, waitingCapacity, isSealed }: BooksSnapshot): number {
  return isSealed ? capacity : capacity + waitingCapacity;
}

/**
 * P5 sold out: nobody who was told "sold out" was ahead of somebody who got in later on a place that had been lost.
 *
 * "Nobody got in later" would be a wrong check, because people may rightly get in after others were told "sold out": a
 * rejected payout frees a slot, the slot goes to the head of the line, and the free place in the line goes to whoever
 * asks next; without a line, the slot itself does. Nor does the history show how many arrivals the gate had given out
 * (L) when it said "full". But:
 *
 * - The gate is full when every slot is held and the line is full. So at some instant of that answer's [start, end], at
 *   least F = capacity + waitingCapacity people held places, and L >= F, because arrival numbers go only to people with
 *   places, each once. (Once no slot can become free any more, nobody enters the line, and F is the capacity alone.)
 *   Both hold for a rebuilt gate too, which counts the rows of Postgres.
 * - By R12 all places up to L are durable before the answer, and rows are never removed. All holders had asked before
 *   the answer's end. So from then on Postgres holds at least F places of people who asked before it. If it holds
 *   fewer, places that "full" counted were lost.
 * - Numbers continue from the largest durable one, so whoever first asked after the end has a number above L, and so
 *   above F. A number up to F would be a place that was counted when others were refused, and then lost.
 *
 * A person's first ask is the first claim that may have given a place: whoever was refused (also by "sold out") and got
 * in by asking again counts from that later claim. People who are in Postgres but not in the history asked at an
 * unknown time, so they count as having asked before everything. The audit checks that numbers between rebuilds have no
 * gaps, and that the gate gave out none that Postgres lacks.
 */
export const SOLD_OUT: readonly Statement[] = [
  {
    name: 'P5.sold-out-was-full',
    says: 'for every "sold out", Postgres has capacity + waitingCapacity places of people who asked before it was answered',
    examine: ({ soldOuts, answered, books, firstAsk, placeOf, mayBeLost }, findings) => {
      const full = fullAt(books);
      // A user who was told that the campaign is closed need not have been told "sold out" by anybody before.
      const toldClosed = new Set(answered.filter(saysClosed).map(({ userId }) => userId));
      const gotNone = [...firstAsk.keys()].some(
        (userId) => !placeOf.has(userId) && !mayBeLost.has(userId) && !toldClosed.has(userId),
      );
      findings.expectSome(gotNone && books.places.length >= full);
      const askedAt = Float64Array.from(
        books.places.filter(({ userId }) => firstAsk.has(userId)),
        ({ userId }) => firstAsk.get(userId) ?? 0,
      ).sort();
      const unseen = books.places.length - askedAt.length;
      let asked = 0;
      for (const { userId, start, end } of soldOuts) {
        while (asked < askedAt.length && (askedAt[asked] ?? 0) < end) asked++;
        findings.look();
        if (unseen + asked < full)
          findings.violate(
            `user ${userId} was told "sold out" at ${start}..${end}: of those who had asked, ${unseen + asked} have places, not ${full}`,
          );
      }
    },
  },
  {
    name: 'P5.later-asker-has-later-number',
    says: 'everybody who first asked after a "sold out" has an arrival number above capacity + waitingCapacity',
    examine: ({ soldOuts, books, firstAsk }, findings) => {
      const [first] = soldOuts;
      if (!first) return;
      const full = fullAt(books);
      findings.look(soldOuts.length);
      for (const { userId, arrivalNo } of books.places) {
        const at = firstAsk.get(userId);
        if (at !== undefined && at > first.end && arrivalNo <= full)
          findings.violate(
            `user ${userId} asked at ${at} and got arrival ${arrivalNo}: user ${first.userId} was told "sold out" at ${first.end}`,
          );
      }
    },
  },
];
