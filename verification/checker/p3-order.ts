import type { Statement } from './statement.js';

/**
 * P3 order, as clients can observe it. The audit checks that nobody in the line is earlier than a holder of a slot, and
 * that a slot only passes on to later arrivals.
 *
 * Both statements sweep over time with a running maximum, in O(n log n): whoever asks now must be behind the largest
 * number that anybody was told before.
 */
export const ORDER: readonly Statement[] = [
  {
    name: 'P3.answered-before-asked',
    says: 'if a was told a place before b first asked, a has the lower arrival number',
    examine: ({ tellings, firstAsk, placeOf }, findings) => {
      findings.expectSome(new Set(tellings.map(({ userId }) => userId)).size > 1);
      const askers = [...firstAsk].flatMap(([userId, at]) => {
        const place = placeOf.get(userId);
        return place ? [{ userId, at, arrivalNo: place.arrivalNo }] : [];
      });
      askers.sort((a, b) => a.at - b.at);
      let largest = 0;
      let next = 0;
      for (const { userId, at, arrivalNo } of askers) {
        for (let told = tellings[next]; told && told.operation.end < at; told = tellings[++next])
          largest = Math.max(largest, told.place.arrivalNo);
        findings.look();
        if (arrivalNo < largest)
          findings.violate(
            `user ${userId} first asked at ${at} and has arrival ${arrivalNo}: ${largest} had been told before`,
          );
      }
    },
  },
  {
    // Only claims: the gate answers them, and it passes slots on in one step, in order. A status is read from Postgres,
    // which may contain the second of two promotions a moment before the first.
    name: 'P3.nobody-overtaken',
    says: 'nobody is told to wait in answer to a claim sent after a later arrival was told a slot',
    examine: ({ tellings }, findings) => {
      const waiting = tellings
        .filter(({ operation, place }) => operation.op === 'claim' && place.status === 'WAITING')
        .sort((a, b) => a.operation.start - b.operation.start);
      const withSlot = tellings.filter(({ place }) => place.grantSeq !== null);
      let largest = 0;
      let next = 0;
      for (const { userId, operation, place } of waiting) {
        for (let told = withSlot[next]; told && told.operation.end < operation.start; told = withSlot[++next])
          largest = Math.max(largest, told.place.arrivalNo);
        findings.look();
        if (place.arrivalNo < largest)
          findings.violate(
            `user ${userId}, arrival ${place.arrivalNo}, waits while arrival ${largest} has a slot`,
          );
      }
    },
  },
];
