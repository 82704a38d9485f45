import { isRFC3339, ValidateBy } from 'class-validator';

/**
 * Validates that a property is an RFC 3339 time, on a day that exists (`Date` reads February 30 as March 2), and not a
 * leap second (`Date` does not know them). The message says what is missing.
 * @param since1970 refuses earlier times: for those that the public log tells, which counts from there and has no sign
 *   (docs/transparency.md)
 */
export function IsTime({ since1970 = false } = {}): PropertyDecorator {
  const wrong = (value: unknown): string | null =>
    complaint(value) ?? (since1970 && Date.parse(String(value)) < 0 ? 'is before 1970' : null);
  return ValidateBy({
    name: 'isTime',
    validator: {
      validate: (value: unknown) => wrong(value) === null,
      defaultMessage: (context) => `${context?.property ?? 'value'} ${wrong(context?.value) ?? ''}`,
    },
  });
}

const EXAMPLES = '2026-12-01T09:00:00Z or 2026-12-01T18:00:00+09:00';

/** What is wrong with a time; null for nothing. */
function complaint(value: unknown): string | null {
  if (typeof value === 'string') {
    if (isRFC3339(value))
      return Number.isNaN(Date.parse(value)) || !dayExists(value.slice(0, 10))
        ? 'is no time that exists: check day, hour, minute and second'
        : null;
    if (isRFC3339(`${value}Z`)) return `has no offset from UTC: end it with Z or ±hh:mm, as in ${EXAMPLES}`;
    if (isRFC3339(`${value}T00:00:00Z`))
      return `has no time of day and no offset from UTC: write it as in ${EXAMPLES}`;
  }
  return `must be an RFC 3339 time, such as ${EXAMPLES}`;
}

/** @param day YYYY-MM-DD */
function dayExists(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
