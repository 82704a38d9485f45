import { ValidateBy } from 'class-validator';

const SEPARATOR = /\s*\|\s*/;

/**
 * The secrets in a variable. Several are separated by `|`, which occurs in no base64, hex or `whsec_` secret, so that
 * one can be replaced by another without a moment at which neither is valid. All of them are accepted; the first one is
 * used to sign and to send.
 * @returns at least one
 */
export function secretsIn(value: string): readonly [string, ...string[]] {
  return value.split(SEPARATOR) as [string, ...string[]];
}

/**
 * Validates each secret of a list.
 * @param minLength the minimum length of each, in characters
 * @param complaintAbout says what else is wrong with a secret, without quoting any part of it
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
