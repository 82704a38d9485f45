import { instantOf } from '../format/zoned-time.js';
import { useWords } from '../messages/language.tsx';
import { Choice } from '../parts/Choice.tsx';
import { TimeField } from '../parts/TimeField.tsx';
import type { ScheduleEntry } from './draft.js';

/**
 * What is wrong with the times, in the viewer's language.
 * @param mustOpenLater whether it may not open at once
 */
export function useScheduleProblems(
  { zone, opens, closes }: ScheduleEntry,
  mustOpenLater = false,
): {
  readonly opens: string | null;
  readonly closes: string | null;
} {
  const { m } = useWords();
  const from = opens === '' ? null : instantOf(opens, zone);
  const to = closes === '' ? null : instantOf(closes, zone);
  const isGap = (wall: string, instant: string | null): boolean => wall !== '' && instant === null;
  const isTurned = from !== null && to !== null && from >= to;
  return {
    opens: isGap(opens, from)
      ? m.terms.timeGap
      : mustOpenLater && opens === ''
        ? m.terms.listNeedsOpening
        : null,
    closes: isGap(closes, to) ? m.terms.timeGap : isTurned ? m.terms.closesBeforeOpens : null,
  };
}

interface ScheduleProps {
  readonly value: ScheduleEntry;
  readonly onChange: (value: ScheduleEntry) => void;
  readonly mustOpenLater?: boolean;
}

/** When it opens and closes, in a zone that is named. */
export function Schedule({ value, onChange, mustOpenLater }: ScheduleProps) {
  const { m, f } = useWords();
  const problems = useScheduleProblems(value, mustOpenLater);
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
