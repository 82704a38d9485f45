import type { ReactNode } from 'react';
import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField,
  type TextFieldProps,
} from 'react-aria-components';

interface FieldProps extends TextFieldProps {
  readonly label: string;
  readonly help?: string;
  readonly lines?: number;
  /** What is wrong with the value, in the viewer's language. */
  readonly wrong?: string | null;
  /** Stands behind the input: a unit. */
  readonly unit?: ReactNode;
  readonly placeholder?: string;
}

/** A labelled text input with its explanation, and with what is wrong. */
export function Field({ label, help, lines, wrong, unit, placeholder, ...props }: FieldProps) {
  return (
    <TextField {...props} isInvalid={wrong != null} className="field">
      <Label>{label}</Label>
      <div className="field-row">
        {lines === undefined ? <Input placeholder={placeholder} /> : <TextArea rows={lines} />}
        {unit}
      </div>
      {help === undefined ? null : (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
      <FieldError className="wrong">{wrong}</FieldError>
    </TextField>
  );
}
