import { Injectable } from '@nestjs/common';
import { PeopleReport } from '../../campaigns/reports/people-report.js';
import type { Person } from '../../campaigns/reports/person.js';
import { payoutKey } from '../../ledger/payout-key.js';
import { PayoutReports } from '../../payouts/operators/payout-reports.js';
import { type StoryEvent, tell } from './story-event.js';

/** The states of somebody whose slot went on to somebody else, or may have. */
const LOST: readonly Person['status'][] = ['FAILED', 'REVOKED', 'REVERSED'];

/** What happened to one person in a campaign, from the claim on. */
@Injectable()
export class Story {
  constructor(
    private readonly people: PeopleReport,
    private readonly payouts: PayoutReports,
  ) {}

  /** Costs three look-ups by key. Null when this user has not claimed. */
  async of(
    campaignId: string,
    userId: string,
  ): Promise<{ readonly person: Person; readonly events: StoryEvent[] } | null> {
    const { items } = await this.people.page(campaignId, { userId }, 0, 1);
    const [person] = items;
    if (!person) return null;
    const [payoutEvents, heir] = await Promise.all([
      person.grantSeq === null ? [] : this.payouts.events(payoutKey(campaignId, userId)),
      this.heirOf(campaignId, person),
    ]);
    return { person, events: tell(person, payoutEvents, heir) };
  }

  /** On one slot, holders follow each other in order of arrival (R5). */
  private async heirOf(campaignId: string, { status, grantSeq, arrivalNo }: Person): Promise<Person | null> {
    if (grantSeq === null || !LOST.includes(status)) return null;
    const { items } = await this.people.page(campaignId, { grantSeq }, arrivalNo, 1);
    return items[0] ?? null;
  }
}
