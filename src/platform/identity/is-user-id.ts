import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isUserId } from './user-id.js';

/**
 * Validates that a property of a request is a user id or, with `each`, a list of user ids. The message names the first
 * one that is wrong.
 */
export function IsUserId(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isUserId',
      validator: {
        validate: isUserId,
        defaultMessage: (context) => complaint(context?.property ?? 'value', context?.value),
      },
    },
    options,
  );
}

function complaint(name: string, value: unknown): string {
  const wrong = Array.isArray(value) ? value.findIndex((one) => !isUserId(one)) : -1;
  if (Array.isArray(value) && wrong >= 0 && !Array.isArray(value[wrong]))
    return complaint(`${name}[${wrong}]`, value[wrong]);
  if (typeof value === 'string') return `${name} must be a decimal in 1..2^63-1`;
  return `${name} must be a string with a decimal in 1..2^63-1, such as "42"`;
}
