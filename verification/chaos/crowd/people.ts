import { gatherCrowd } from '../../rush/crowd.js';
import type { ChaosPlan } from '../plan/chaos-plan.js';
import { randomOf } from '../plan/random.js';

/** An action of a user, `atMs` after the start of the run. */
export interface PlannedAction {
  readonly atMs: number;
  /** A claim is repeated until there is an answer, as clients do. A status is requested once. */
  readonly what: 'claim' | 'status';
}

export interface Person {
  readonly userId: string;
  /** Cannot be paid: the wallet is closed, or the bank rejects the user. */
  readonly isUnpayable: boolean;
  readonly actions: readonly PlannedAction[];
}

const unpayableShare = 0.08;
/** The part of the run in which people arrive. */
const arrivalSpan = 0.92;
const bursts = 5;
const shares = { inBurst: 0.3, twice: 0.12, thrice: 0.04, again: 0.2, status: 0.3 };

/** The users and their actions, determined by the plan alone. */
export function planPeople({ seed, users, spanMs }: ChaosPlan): Person[] {
  const random = randomOf(seed, 'people');
  const { userIds, closedWallets } = gatherCrowd({
    users,
    closedWallets: Math.round(users * unpayableShare),
    duplicates: 0,
    seed,
  });
  const unpayable = new Set(closedWallets);
  const burstsAt = Array.from({ length: bursts }, () => random.fraction() * arrivalSpan * spanMs);
  return userIds.map((userId) => {
    const isInBurst = random.fraction() < shares.inBurst;
    const first = isInBurst
      ? (burstsAt[random.below(bursts)] ?? 0)
      : random.fraction() * arrivalSpan * spanMs;
    const later = (): number => first + random.fraction() * (spanMs - first);
    const actions: PlannedAction[] = [{ atMs: first, what: 'claim' }];
    if (random.fraction() < shares.twice) actions.push({ atMs: first, what: 'claim' }); // an impatient second tap
    if (random.fraction() < shares.thrice) actions.push({ atMs: first + 20, what: 'claim' });
    if (random.fraction() < shares.again) actions.push({ atMs: later(), what: 'claim' });
    while (random.fraction() < shares.status) actions.push({ atMs: later(), what: 'status' });
    return { userId, isUnpayable: unpayable.has(userId), actions };
  });
}
