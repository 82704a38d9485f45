import type { Statement } from './statement.js';

/**
 * P3 order, as the people who asked can tell it. That nobody in the line is earlier than somebody who has a slot, and that
 * a slot only passes on to later arrivals, is the audit's.
 *
 * Both are sweeps over time with a running maximum, O(n log n): whoever comes now must lie behind the largest number that
 * anybody had been told before.
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
    // Of claims alone: a claim is answered by the gate, which passes slots on in one step, in order. A status is read from
    // Postgres, which may hold the second of two promotions a moment before the first.
    name: 'P3.nobody-overtaken',
    says: 'who claims again after somebody later was told a slot is not told to wait',
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
