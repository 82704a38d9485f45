import { useId } from 'react';

interface TimeFieldProps {
  readonly label: string;
  readonly help: string;
  readonly wrong: string | null;
  /** As clocks on the wall show it; the caller names the zone. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A labelled date and time, to the second. */
export function TimeField({ label, help, wrong, value, onChange }: TimeFieldProps) {
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
