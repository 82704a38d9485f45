import { useId } from 'react';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly onChange: (value: T) => void;
  readonly help?: string;
  /** What is wrong with the choice, in the viewer's language. */
  readonly wrong?: string | null;
}

/** A labelled choice among few: the browser's own list, which phones show best. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
  help,
  wrong = null,
}: ChoiceProps<T>) {
  const id = useId();
  const explanation = wrong ?? help;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={wrong !== null}
        aria-describedby={explanation === undefined ? undefined : `${id}-help`}
        onChange={(event) => {
          const chosen = options.find(([option]) => option === event.target.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
      {explanation === undefined ? null : (
        <span id={`${id}-help`} className={wrong === null ? 'help' : 'wrong'}>
          {explanation}
        </span>
      )}
    </div>
  );
}
