import { ValidateBy, type ValidationOptions } from 'class-validator';

/** Validates that `parse` accepts the text. Its error message is shown, so it must not quote any part of the value. */
export function IsParsedBy(parse: (text: string) => unknown, options?: ValidationOptions): PropertyDecorator {
  const complaintAbout = (value: unknown): string | undefined => {
    try {
      parse(String(value));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  return ValidateBy(
    {
      name: 'isParsedBy',
      validator: {
        validate: (value: unknown) => complaintAbout(value) === undefined,
        defaultMessage: (context) => `$property ${complaintAbout(context?.value)}`,
      },
    },
    options,
  );
}
