import type { components } from '../../../client/openapi.js';
import type { Campaign } from '../api/reads.js';
import { instantOf, wallTime } from '../format/zoned-time.js';
import type { ScheduleEntry } from './draft.js';
import { isSameSecond } from './schedule-problems.js';

type StandingTerms = Pick<Campaign, 'revision' | 'name' | 'opensAt' | 'closesAt'>;
type TermsChange = Pick<components['schemas']['ChangeCampaignDto'], 'name' | 'opensAt' | 'closesAt'>;

/** What an operator edits, and what stood there when the form was opened. */
export interface TermsForm {
  readonly standing: StandingTerms;
  readonly name: string;
  readonly schedule: ScheduleEntry;
}

/** The form as it opens. @param zone whose clocks show the times */
export function termsForm({ revision, name, opensAt, closesAt }: StandingTerms, zone: string): TermsForm {
  return {
    standing: { revision, name, opensAt, closesAt },
    name,
    schedule: {
      zone,
      opens: opensAt === null ? '' : wallTime(opensAt, zone),
      closes: closesAt === null ? '' : wallTime(closesAt, zone),
    },
  };
}

/**
 * What this operator changed: not what somebody else has changed since the form was opened, which would be undone. A
 * time that was not touched is not sent: it would lose its milliseconds.
 */
export function termsChange({ standing, name, schedule }: TermsForm): TermsChange {
  const at = (wall: string): string | null => (wall === '' ? null : instantOf(wall, schedule.zone));
  const [opensAt, closesAt] = [at(schedule.opens), at(schedule.closes)];
  return {
    ...(name.trim() === standing.name ? {} : { name: name.trim() }),
    ...(isSameSecond(opensAt, standing.opensAt) ? {} : { opensAt }),
    ...(isSameSecond(closesAt, standing.closesAt) ? {} : { closesAt }),
  };
}
