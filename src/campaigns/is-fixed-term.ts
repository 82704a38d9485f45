import { ValidateBy } from 'class-validator';

/** For a property that a campaign was created with and that nobody can change: sent at all, it is refused by its name. */
export function IsFixedTerm(): PropertyDecorator {
  return ValidateBy({
    name: 'isFixedTerm',
    validator: {
      validate: (value: unknown) => value === undefined,
      defaultMessage: (context) =>
        `${context?.property ?? 'it'} is fixed once the campaign exists: it was promised to those who have asked`,
    },
  });
}
