import { isRFC3339, ValidateBy } from 'class-validator';

/**
 * Validates that a property is an RFC 3339 time, on a day that exists (`Date` reads February 30 as March 2), and not a
 * leap second (`Date` does not know them).
 */
export function IsTime(): PropertyDecorator {
  return ValidateBy({
    name: 'isTime',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' &&
        isRFC3339(value) &&
        !Number.isNaN(Date.parse(value)) &&
        dayExists(value.slice(0, 10)),
      defaultMessage: (context) => `${context?.property ?? 'value'} must be an RFC 3339 time`,
    },
  });
}

/** @param day YYYY-MM-DD */
function dayExists(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
