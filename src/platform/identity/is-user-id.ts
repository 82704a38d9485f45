import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isUserId } from './user-id.js';

/** Validates that a property of a request is a user id or, with `each`, a list of user ids. */
export function IsUserId(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isUserId',
      validator: {
        validate: isUserId,
        defaultMessage: (context) => `${context?.property ?? 'value'} must be a decimal in 1..2^63-1`,
      },
    },
    options,
  );
}
