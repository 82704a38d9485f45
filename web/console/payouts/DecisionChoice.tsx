import { Label, RadioButton, RadioField, RadioGroup } from 'react-aria-components';
import { useWords } from '../messages/language.tsx';

interface DecisionChoiceProps<T extends string> {
  readonly options: readonly T[];
  readonly value: T | null;
  readonly onChange: (value: T) => void;
}

/** What became of the money: nothing is chosen beforehand. */
export function DecisionChoice<T extends 'SETTLED' | 'REJECTED' | 'RESEND'>({
  options,
  value,
  onChange,
}: DecisionChoiceProps<T>) {
  const { m } = useWords();
  return (
    <RadioGroup
      className="field radios"
      value={value}
      onChange={(chosen) => {
        const option = options.find((each) => each === chosen);
        if (option) onChange(option);
      }}
    >
      <Label>{m.payouts.decisionLabel}</Label>
      {options.map((option) => (
        <RadioField key={option} value={option}>
          <RadioButton className="radio">
            <span className="radio-mark" aria-hidden="true" />
            <span>
              <strong>{m.payouts.decision[option]}</strong>
              <span className="help">{m.payouts.decisionHelp[option]}</span>
            </span>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}
