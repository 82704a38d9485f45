import { ValidateBy, type ValidationOptions } from 'class-validator';
import { parseRedisUrl } from './redis-address.js';

/** A URL of Redis of any kind. The complaint says what is wrong, and nothing of the value. */
export function IsRedisUrl(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isRedisUrl',
      validator: {
        validate: (value: unknown) => complaintAbout(value) === undefined,
        defaultMessage: (context) => `$property ${complaintAbout(context?.value)}`,
      },
    },
    options,
  );
}

function complaintAbout(value: unknown): string | undefined {
  try {
    parseRedisUrl(String(value));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
