import { isRFC3339, ValidateBy } from 'class-validator';

/**
 * Validates that a property is a time as RFC 3339 has it, on a day that exists (`Date` takes February 30 for March 2), and no
 * leap second (`Date` knows none).
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
      defaultMessage: (context) => `${context?.property ?? 'value'} must be a time as RFC 3339 has it`,
    },
  });
}

/** @param day YYYY-MM-DD */
function dayExists(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
