import { useId } from 'react';
import { instantOf } from '../format/zoned-time.js';
import { useWords } from '../messages/language.tsx';
import { Choice } from '../parts/Choice.tsx';
import type { ScheduleEntry } from './draft.js';

/** What is wrong with the times, in the viewer's language. */
export function useScheduleProblems({ zone, opens, closes }: ScheduleEntry): {
  readonly opens: string | null;
  readonly closes: string | null;
} {
  const { m } = useWords();
  const from = opens === '' ? null : instantOf(opens, zone);
  const to = closes === '' ? null : instantOf(closes, zone);
  const isGap = (wall: string, instant: string | null): boolean => wall !== '' && instant === null;
  const isTurned = from !== null && to !== null && from >= to;
  return {
    opens: isGap(opens, from) ? m.terms.timeGap : null,
    closes: isGap(closes, to) ? m.terms.timeGap : isTurned ? m.terms.closesBeforeOpens : null,
  };
}

interface ScheduleProps {
  readonly value: ScheduleEntry;
  readonly onChange: (value: ScheduleEntry) => void;
}

/** When it opens and closes, in a zone that is named. */
export function Schedule({ value, onChange }: ScheduleProps) {
  const { m, f } = useWords();
  const problems = useScheduleProblems(value);
  const zones = [...new Set([f.zone, value.zone, 'Asia/Seoul', 'UTC'])];
  return (
    <div className="schedule">
      <Time
        {...{ label: m.terms.opens, help: m.terms.opensHelp, wrong: problems.opens, value: value.opens }}
        onChange={(opens) => onChange({ ...value, opens })}
      />
      <Time
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

interface TimeProps {
  readonly label: string;
  readonly help: string;
  readonly wrong: string | null;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Time({ label, help, wrong, value, onChange }: TimeProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="datetime-local"
        step={1}
        value={value}
        aria-invalid={wrong !== null}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${id}-help`} className={wrong === null ? 'help' : 'wrong'}>
        {wrong ?? help}
      </span>
    </div>
  );
}
