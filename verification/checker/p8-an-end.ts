import type { BookedPlace } from './books-snapshot.js';
import type { Statement } from './statement.js';

/** The grant's status for each end of its payout. After a reversal the campaign's policy decides. */
function endOf(payoutState: string, reversalPolicy: 'keep' | 'regrant'): BookedPlace['status'] {
  if (payoutState === 'SETTLED') return 'SUCCESS';
  if (payoutState === 'REJECTED' || payoutState === 'REVOKED') return 'FAILED';
  if (payoutState === 'REVERSED') return reversalPolicy === 'keep' ? 'SUCCESS' : 'FAILED';
  return 'PENDING';
}

/** P8 an end: what must hold once the campaign is at rest. */
export const AN_END: readonly Statement[] = [
  {
    name: 'P8.nothing-pending',
    says: 'no grant is PENDING',
    examine: ({ books, tellings }, findings) => {
      findings.expectSome(tellings.length > 0);
      const payouts = new Map(books.payouts.map(({ userId, state }) => [userId, state]));
      for (const { userId, arrivalNo, status } of books.places) {
        findings.look();
        if (status === 'PENDING')
          findings.violate(
            `user ${userId}, arrival ${arrivalNo}, is PENDING, its payout ${payouts.get(userId) ?? 'not begun'}`,
          );
      }
    },
  },
  {
    name: 'P8.nobody-left-waiting',
    says: 'nobody is WAITING while a slot is free, or after the campaign ended',
    examine: ({ books }, findings) => {
      const live = books.places.filter(({ status }) => status === 'SUCCESS' || status === 'PENDING').length;
      for (const { userId, arrivalNo, status, lineArrivalNo } of books.places) {
        if (lineArrivalNo === null) continue;
        findings.look();
        if (status !== 'WAITING') continue;
        if (books.isClosed) findings.violate(`user ${userId}, arrival ${arrivalNo}, waits after the end`);
        else if (live < books.capacity)
          findings.violate(
            `user ${userId}, arrival ${arrivalNo}, waits while ${books.capacity - live} slots are free`,
          );
      }
    },
  },
  {
    name: 'P8.payout-ends-with-its-grant',
    says: 'every grant that has a slot has a payout, and both ended the same way',
    examine: ({ books, placeOf }, findings) => {
      findings.expectSome(books.places.some(({ grantSeq }) => grantSeq !== null));
      const payouts = new Map(books.payouts.map(({ userId, state }) => [userId, state]));
      for (const { userId, grantSeq, status } of books.places) {
        if (grantSeq === null || status === 'PENDING') continue;
        findings.look();
        const state = payouts.get(userId);
        const keepsSlot = state === 'REVERSED' && status === 'SUCCESS' && books.isSealed;
        if (state === undefined || (endOf(state, books.reversalPolicy) !== status && !keepsSlot))
          findings.violate(`user ${userId} is ${status}, the payout ${state ?? 'missing'}`);
      }
      for (const { userId } of books.payouts) {
        if (placeOf.get(userId)?.grantSeq == null)
          findings.violate(`user ${userId} has a payout and no slot`);
      }
    },
  },
  {
    name: 'P8.gate-at-rest',
    says: 'nothing is in progress at the gate, and its line is the line of Postgres, in the same order',
    examine: ({ books, gate }, findings) => {
      findings.expectSome(!books.isClosed && !books.isFinished);
      if (!gate) return;
      findings.look(gate.claims.size);
      for (const slot of gate.processing)
        findings.violate(`slot ${slot} is in processing, held by ${gate.holders.get(slot) ?? 'nobody'}`);
      for (const userId of gate.lineLeases)
        findings.violate(`user ${userId}'s place is not known to be durable`);
      const waiting = books.places.filter(({ status }) => status === 'WAITING').map(({ userId }) => userId);
      if (gate.line.join() !== waiting.join())
        findings.violate(`the gate's line is ${preview(gate.line)}, Postgres has ${preview(waiting)}`);
    },
  },
];

const shown = 10;

function preview(userIds: readonly string[]): string {
  const more = userIds.length > shown ? `, … (${userIds.length})` : '';
  return `[${userIds.slice(0, shown).join(', ')}${more}]`;
}
