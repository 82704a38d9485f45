import { saysClosed } from './answer.js';
import type { BooksSnapshot } from './books-snapshot.js';
import type { Statement } from './statement.js';

/** How many hold places when the gate is full, at least. Once no slot comes free any more, the line takes nobody (R9). */
function fullAt({ capacity, waitingCapacity, isSealed }: BooksSnapshot): number {
  return isSealed ? capacity : capacity + waitingCapacity;
}

/**
 * P5 sold out is a promise too: nobody who was told "sold out" was ahead of somebody who later got in through a lost claim.
 *
 * What can be held against a run, given that people get in after others were sold out, rightly: a rejected payout frees a
 * slot, its slot goes to the head of the line, and the place in the line that this leaves goes to whoever asks next; and
 * without a line the slot itself does. So "nobody got in later" would be wrong. Nor does the history tell how many
 * arrivals the gate had given out (L) when it said "full". But:
 *
 * - The gate is full when every slot is held and the line is full, so at some instant of that answer's [start, end] at
 *   least F = capacity + waitingCapacity people held places, and L >= F (once no slot can come
 *   free any more the line takes nobody, and F is the capacity alone): arrival numbers are only ever given to people
 *   with places, each once. Both hold for a rebuilt gate too, which counts the rows of Postgres.
 * - R12 has all of the places up to L durable before the answer, and rows are never taken away. All of their holders had
 *   asked before the answer's end. So whatever happens later, Postgres holds at least F places of people who asked before
 *   it: if it holds fewer, some of those that "full" was said for were lost.
 * - Numbers go on from the largest that is durable, so whoever first asked after the end has one beyond L, and so beyond
 *   F: who has one up to F sits on a place that was counted, and lost, when others were turned away.
 *
 * A person's first ask is the first that may have given a place: whoever was refused, by "sold out" too, and got in by
 * asking again is a newcomer of that later ask. People who are in Postgres and not in the history asked at a time that
 * nobody knows, so they count as having asked before everything. That numbers between rebuilds have no gaps, and that the
 * gate gave out none that Postgres lacks, is the audit's.
 */
export const SOLD_OUT: readonly Statement[] = [
  {
    name: 'P5.sold-out-was-full',
    says: 'for every "sold out", capacity + waitingCapacity places are in Postgres of people who asked before it was said',
    examine: ({ soldOuts, answered, books, firstAsk, placeOf, mayBeLost }, findings) => {
      const full = fullAt(books);
      // Whoever was told that it is closed need never have been told more, nor does it say that the gate was full by then.
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
            `user ${userId} was sold out at ${start}..${end}: of those who had asked, ${unseen + asked} have places, not ${full}`,
          );
      }
    },
  },
  {
    name: 'P5.later-asker-has-later-number',
    says: 'whoever first asked after a "sold out" has an arrival number beyond capacity + waitingCapacity',
    examine: ({ soldOuts, books, firstAsk }, findings) => {
      const [first] = soldOuts;
      if (!first) return;
      const full = fullAt(books);
      findings.look(soldOuts.length);
      for (const { userId, arrivalNo } of books.places) {
        const at = firstAsk.get(userId);
        if (at !== undefined && at > first.end && arrivalNo <= full)
          findings.violate(
            `user ${userId} asked at ${at} and got arrival ${arrivalNo}: user ${first.userId} was sold out at ${first.end}`,
          );
      }
    },
  },
];
