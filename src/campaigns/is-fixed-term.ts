import { ValidateBy } from 'class-validator';

/** For a property that is fixed when a campaign is created: a request that sends it is refused, with its name. */
export function IsFixedTerm(): PropertyDecorator {
  return ValidateBy({
    name: 'isFixedTerm',
    validator: {
      validate: (value: unknown) => value === undefined,
      defaultMessage: (context) =>
        `${context?.property ?? 'it'} is fixed once the campaign exists: it was promised to users who have asked`,
    },
  });
}
