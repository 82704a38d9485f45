import type { Answer, ToldPlace } from './generator-messages.js';
import { Violations } from './violations.js';

/** How far a claim has come: it never goes back. */
const stage: Readonly<Record<string, number>> = { WAITING: 0, PENDING: 1, SUCCESS: 2, FAILED: 2 };

/** What speaks against `later` having been answered to an ask that began after `earlier` was answered. */
function contradiction(earlier: ToldPlace, later: ToldPlace | null): string | undefined {
  if (!later) return `had arrival ${earlier.arrivalNo} and was then sold out`;
  const [was, is] = [stage[earlier.status] ?? 0, stage[later.status] ?? 0];
  const isFinalAndDiffers = was === 2 && later.status !== earlier.status;
  if (is < was || isFinalAndDiffers) return `went from ${earlier.status} to ${later.status}`;
  return undefined;
}

/** What speaks against both having been told to one user, in whatever order. */
function difference(a: ToldPlace, b: ToldPlace): string | undefined {
  if (a.arrivalNo !== b.arrivalNo) return `was told arrivals ${a.arrivalNo} and ${b.arrivalNo}`;
  if (a.createdAt !== b.createdAt) return `was told createdAt ${a.createdAt} and ${b.createdAt}`;
  if (a.grantSeq !== null && b.grantSeq !== null && a.grantSeq !== b.grantSeq)
    return `was told slots ${a.grantSeq} and ${b.grantSeq}`;
  return undefined;
}

function answersByUser(answers: readonly Answer[]): Map<number, Answer[]> {
  const byUser = new Map<number, Answer[]>();
  for (const answer of answers) {
    const own = byUser.get(answer.user);
    if (own) own.push(answer);
    else byUser.set(answer.user, [answer]);
  }
  return byUser;
}

/**
 * P2: who asks again is told the same, as it stands by then. Arrival number and time never change, a slot is only gained,
 * WAITING becomes PENDING becomes SUCCESS or FAILED. Who was sold out may get a place later, but not the other way round.
 * @param ids names the users, by `Answer.user`
 */
export function checkToldConsistently(answers: readonly Answer[], ids: readonly string[]): string[] {
  const violations = new Violations('P2 who asks again is told the same');
  for (const [user, own] of answersByUser(answers)) {
    for (const [i, a] of own.entries()) {
      for (const b of own.slice(i + 1)) {
        if (a.place && b.place) {
          const found = difference(a.place, b.place);
          if (found) violations.add(`user ${ids[user]} ${found}`);
        }
        const [earlier, later] = a.answeredAt < b.askedAt ? [a, b] : b.answeredAt < a.askedAt ? [b, a] : [];
        if (!earlier?.place || !later) continue; // at the same time, either may have been decided first
        const found = contradiction(earlier.place, later.place);
        if (found) violations.add(`user ${ids[user]} ${found}`);
      }
    }
  }
  return violations.toStrings();
}
