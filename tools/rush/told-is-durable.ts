import type { BookedPlace, Books } from './campaign-books.js';
import type { Answer, ToldPlace } from './generator-messages.js';
import { Violations } from './violations.js';

function difference(told: ToldPlace, booked: BookedPlace | undefined): string | undefined {
  if (!booked) return `was told arrival ${told.arrivalNo} and is not in Postgres`;
  if (booked.arrivalNo !== told.arrivalNo) {
    return `was told arrival ${told.arrivalNo}, Postgres has ${booked.arrivalNo}`;
  }
  if (booked.createdAtEpochMs !== Date.parse(told.createdAt)) {
    return `was told createdAt ${told.createdAt}, Postgres has ${new Date(booked.createdAtEpochMs).toISOString()}`;
  }
  if (told.grantSeq === null) {
    return booked.lineArrivalNo === told.arrivalNo
      ? undefined
      : `was told place ${told.arrivalNo} in the line, where Postgres has ${booked.lineArrivalNo ?? 'nothing'}`;
  }
  if (booked.grantSeq !== told.grantSeq) {
    return `was told slot ${told.grantSeq}, Postgres has ${booked.grantSeq ?? 'none'}`;
  }
  const isFinal = told.status === 'SUCCESS' || told.status === 'FAILED';
  return isFinal && booked.status !== told.status
    ? `was told ${told.status}, Postgres has ${booked.status}`
    : undefined;
}

/** P4: every "accepted" and every "waiting" that was ever answered is in Postgres, with the same numbers. */
export function checkToldIsDurable(
  answers: readonly Answer[],
  books: Books,
  ids: readonly string[],
): string[] {
  const violations = new Violations('P4 what was answered is in Postgres');
  const places = new Map(books.places.map((place) => [place.userId, place]));
  for (const { user, place } of answers) {
    if (!place) continue;
    const userId = ids[user] ?? '';
    const found = difference(place, places.get(userId));
    if (found) violations.add(`user ${userId} ${found}`);
  }
  return violations.toStrings();
}
