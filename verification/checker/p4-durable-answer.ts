import type { ToldPlace } from './answer.js';
import type { BookedPlace } from './books-snapshot.js';
import type { RunEvidence, Telling } from './run-evidence.js';
import type { Statement } from './statement.js';

/** The progress of a claim. It never decreases. */
const stages: Readonly<Record<string, number>> = {
  ...{ WAITING: 0, PENDING: 1, SUCCESS: 2 },
  ...{ FAILED: 2, ENDED: 2, LEFT: 2 },
};

function stageOf({ status }: ToldPlace): number {
  return stages[status] ?? 0;
}

/** Under the policy `regrant`, a reversed payout turns a grant from SUCCESS to FAILED. */
function mayFail({ books, reversed }: RunEvidence, userId: string): boolean {
  return books.reversalPolicy === 'regrant' && reversed.has(userId);
}

function missing(told: ToldPlace, booked: BookedPlace | undefined): string | undefined {
  if (!booked) return `was told arrival ${told.arrivalNo} and is not in Postgres`;
  if (booked.arrivalNo !== told.arrivalNo)
    return `was told arrival ${told.arrivalNo}, Postgres has ${booked.arrivalNo}`;
  if (booked.createdAtEpochMs !== Date.parse(told.createdAt))
    return `was told createdAt ${told.createdAt}, Postgres has ${new Date(booked.createdAtEpochMs).toISOString()}`;
  if (told.grantSeq !== null && booked.grantSeq !== told.grantSeq)
    return `was told slot ${told.grantSeq}, Postgres has ${booked.grantSeq ?? 'none'}`;
  if (told.grantSeq === null && booked.lineArrivalNo !== told.arrivalNo)
    return `was told place ${told.arrivalNo} in the line, where Postgres has ${booked.lineArrivalNo ?? 'nothing'}`;
  return undefined;
}

/** Why `later`, asked for after `earlier` was answered, contradicts it. */
function stepBack(
  run: RunEvidence,
  { userId, place: earlier }: Telling,
  { place: later }: Telling,
): string | undefined {
  const changesItsEnd = stageOf(earlier) === 2 && later.status !== earlier.status;
  const isReversal = earlier.status === 'SUCCESS' && later.status === 'FAILED' && mayFail(run, userId);
  if (isReversal || (stageOf(later) >= stageOf(earlier) && !changesItsEnd)) return undefined;
  return `user ${userId} went from ${earlier.status} to ${later.status}`;
}

/** P4 durable answer: every answer still holds. */
export const DURABLE_ANSWER: readonly Statement[] = [
  {
    name: 'P4.told-is-durable',
    says: 'every place in an answer is in Postgres, with the same arrivalNo, createdAt and grantSeq',
    examine: ({ tellings, placeOf, books }, findings) => {
      findings.expectSome(books.places.length > 0);
      for (const { userId, place } of tellings) {
        findings.look();
        const found = missing(place, placeOf.get(userId));
        if (found) findings.violate(`user ${userId} ${found}`);
      }
    },
  },
  {
    name: 'P4.told-end-is-final',
    says: 'every user who was told SUCCESS, FAILED, ENDED or LEFT has that status in Postgres',
    examine: (run, findings) => {
      for (const { userId, place } of run.tellings) {
        if (stageOf(place) < 2) continue;
        findings.look();
        const status = run.placeOf.get(userId)?.status;
        const isReversal = place.status === 'SUCCESS' && status === 'FAILED' && mayFail(run, userId);
        if (status !== undefined && status !== place.status && !isReversal)
          findings.violate(`user ${userId} was told ${place.status}, Postgres has ${status}`);
      }
    },
  },
  {
    name: 'P4.states-move-forward',
    says: 'WAITING becomes PENDING, then SUCCESS or FAILED; or WAITING becomes ENDED or LEFT; nothing goes back',
    examine: (run, findings) => {
      for (const byEnd of run.tellingsOf.values()) {
        const byStart = byEnd.toSorted((a, b) => a.operation.start - b.operation.start);
        let furthest: Telling | undefined;
        let next = 0;
        for (const telling of byStart) {
          for (
            let told = byEnd[next];
            told && told.operation.end < telling.operation.start;
            told = byEnd[++next]
          )
            if (!furthest || stageOf(told.place) >= stageOf(furthest.place)) furthest = told;
          findings.look();
          const found = furthest && stepBack(run, furthest, telling);
          if (found) findings.violate(`${found}, asked at ${telling.operation.start}`);
        }
      }
    },
  },
];
