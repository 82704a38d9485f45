import { useWords } from '../messages/language.tsx';
import { Choice } from '../parts/Choice.tsx';
import { TimeField } from '../parts/TimeField.tsx';
import type { ScheduleEntry } from './draft.js';
import { scheduleProblems, type StandingTimes } from './schedule-problems.js';

interface ScheduleTerms {
  readonly value: ScheduleEntry;
  /** The times of a campaign that exists. */
  readonly standing?: StandingTimes;
  /** Whether it may not open at once. */
  readonly mustOpenLater?: boolean;
}

const NO_TIMES: StandingTimes = { opensAt: null, closesAt: null };

/** What is wrong with the times, in the viewer's language. By the viewer's clock: the service decides, and says so. */
export function useScheduleProblems({ value, standing = NO_TIMES, mustOpenLater = false }: ScheduleTerms): {
  readonly opens: string | null;
  readonly closes: string | null;
} {
  const { m } = useWords();
  const { opens, closes } = scheduleProblems(value, standing, Date.now(), mustOpenLater);
  const { timeGap, timePast, opensPast, listNeedsOpening, closesBeforeOpens } = m.terms;
  const ofOpens = { gap: timeGap, past: mustOpenLater ? timePast : opensPast, needed: listNeedsOpening };
  const ofCloses = { gap: timeGap, past: timePast, turned: closesBeforeOpens };
  return { opens: opens && ofOpens[opens], closes: closes && ofCloses[closes] };
}

interface ScheduleProps extends ScheduleTerms {
  readonly onChange: (value: ScheduleEntry) => void;
}

/** When it opens and closes, in a zone that is named. */
export function Schedule({ onChange, ...terms }: ScheduleProps) {
  const { m, f } = useWords();
  const { value } = terms;
  const problems = useScheduleProblems(terms);
  const zones = [...new Set([f.zone, value.zone, 'Asia/Seoul', 'UTC'])];
  return (
    <div className="schedule">
      <TimeField
        {...{ label: m.terms.opens, help: m.terms.opensHelp, wrong: problems.opens, value: value.opens }}
        onChange={(opens) => onChange({ ...value, opens })}
      />
      <TimeField
        {...{ label: m.terms.closes, help: m.terms.closesHelp, wrong: problems.closes, value: value.closes }}
        onChange={(closes) => onChange({ ...value, closes })}
      />
      <Choice
        {...{ label: m.terms.zone, value: value.zone, options: zones.map((zone) => [zone, zone] as const) }}
        onChange={(zone) => onChange({ ...value, zone })}
      />
    </div>
  );
}
