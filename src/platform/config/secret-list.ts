import { ValidateBy } from 'class-validator';

const SEPARATOR = /\s*\|\s*/;

/**
 * The secrets that a variable holds. Several are separated by `|`, which is in no base64, no hex and no `whsec_` secret, so that
 * one can be exchanged for another without a moment at which neither is good. Any of them is taken; what is signed or
 * sent here is signed or sent with the first.
 * @returns at least one
 */
export function secretsIn(value: string): readonly [string, ...string[]] {
  return value.split(SEPARATOR) as [string, ...string[]];
}

/**
 * Validates that each secret of a list is good enough.
 * @param minLength characters that each has at least
 * @param complaintAbout what else may be wrong with one, without any part of it
 */
export function AreSecrets(
  minLength: number,
  complaintAbout: (secret: string) => string | undefined = () => undefined,
): PropertyDecorator {
  const complaintIn = (value: unknown): string | undefined => {
    if (typeof value !== 'string') return 'must be set';
    const secrets = secretsIn(value);
    const complaint = secrets.map(complaintAbout).find((found) => found !== undefined);
    if (complaint !== undefined || secrets.every(({ length }) => length >= minLength)) return complaint;
    const each = secrets.length === 1 ? '' : ' in each of its secrets, which are separated by |';
    return `must have at least ${minLength} characters${each}`;
  };
  return ValidateBy({
    name: 'areSecrets',
    validator: {
      validate: (value: unknown) => complaintIn(value) === undefined,
      defaultMessage: (context) => `$property ${complaintIn(context?.value)}`,
    },
  });
}
