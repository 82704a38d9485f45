import type { Person } from '../../campaigns/reports/person.js';
import type { PayoutEvent } from '../../payouts/operators/payout-reports.js';

/** What can happen to somebody who claimed. `docs/operators.md` explains each. */
export const STORY_KINDS = [
  'claimed',
  'waiting',
  'promoted',
  'left',
  'ended',
  'sending',
  'put-back',
  'in-doubt',
  'held',
  'resend',
  'contradicted',
  'paid',
  'rejected',
  'revoked',
  'reversed',
  'passed-on',
] as const;

export type StoryKind = (typeof STORY_KINDS)[number];

export interface StoryEvent {
  readonly at: Date;
  readonly kind: StoryKind;
  /** In words, or in a word of the provider's or an operator's. */
  readonly detail: string | null;
  /** The operator, or the command, who did it; null for the service itself, the user or the provider. */
  readonly actor: string | null;
}

const BY_PAYOUT_EVENT: Readonly<Record<string, StoryKind>> = {
  SENDING: 'sending',
  PUT_BACK: 'put-back',
  IN_DOUBT: 'in-doubt',
  HELD: 'held',
  RESEND: 'resend',
  CONTRADICTED: 'contradicted',
  SETTLED: 'paid',
  REJECTED: 'rejected',
  REVOKED: 'revoked',
  REVERSED: 'reversed',
};

/** What the records of a person, their payout and their slot tell, in the order in which it happened. */
export function tell(
  person: Person,
  payoutEvents: readonly PayoutEvent[],
  /** Who held the slot right after; null when nobody did. */
  heir: Person | null,
): StoryEvent[] {
  return [
    ...arrival(person),
    ...payoutEvents.flatMap(({ event, at, detail, actor }) => {
      const kind = BY_PAYOUT_EVENT[event];
      return kind ? [{ at, kind, detail, actor }] : [];
    }),
    ...ending(person),
    ...(heir ? [inheritance(heir)] : []),
  ];
}

function arrival({ arrivalNo, createdAt, grantSeq, promotedAt, slotFrom }: Person): StoryEvent[] {
  const claimed = (detail: string): StoryEvent => event(createdAt, 'claimed', detail);
  if (promotedAt === null && grantSeq !== null)
    return [claimed(`arrival number ${arrivalNo}, slot ${grantSeq}${from(slotFrom)}`)];
  const waiting = [claimed(`arrival number ${arrivalNo}`), event(createdAt, 'waiting', null)];
  return promotedAt === null
    ? waiting
    : [...waiting, event(promotedAt, 'promoted', `slot ${grantSeq ?? '?'}${from(slotFrom)}`)];
}

function from(earlier: Person['slotFrom']): string {
  return earlier ? `, which user ${earlier.userId} (arrival number ${earlier.arrivalNo}) had lost` : '';
}

function ending({ status, updatedAt }: Person): StoryEvent[] {
  if (status === 'LEFT') return [event(updatedAt, 'left', null)];
  if (status === 'ENDED')
    return [event(updatedAt, 'ended', 'the campaign ended before a slot came to this person')];
  return [];
}

function inheritance({ userId, arrivalNo, grantSeq, promotedAt, createdAt }: Person): StoryEvent {
  return event(
    promotedAt ?? createdAt,
    'passed-on',
    `slot ${grantSeq ?? '?'} went to user ${userId} (arrival number ${arrivalNo})`,
  );
}

function event(at: Date, kind: StoryKind, detail: string | null): StoryEvent {
  return { at, kind, detail, actor: null };
}
