import { ValidateBy } from 'class-validator';

/** Three capital letters: what the schema holds. */
export const CURRENCY_FORMAT = /^[A-Z]{3}$/;

/**
 * The currencies of ISO 4217 that Node's ICU knows. It comes with each release of Node, so it is kept by others and
 * needs no package; it leaves out codes that are no currency (XXX, XTS).
 */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Validates that a property is the code of a currency that exists. */
export function IsCurrency(): PropertyDecorator {
  return ValidateBy({
    name: 'isCurrency',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && CURRENCY_FORMAT.test(value) && CURRENCIES.has(value),
      defaultMessage: (context) =>
        `${context?.property ?? 'value'} must be the ISO 4217 code of a currency, such as KRW`,
    },
  });
}
