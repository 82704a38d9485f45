import { ConfigurationError } from './configuration-error.js';

/**
 * What the text of a variable stands for.
 * @param parse throws errors whose messages do not quote the text: it may be a secret
 * @throws ConfigurationError that names the variable, when `parse` refuses its text
 */
export function asConfigured<Value>(name: string, text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text);
  } catch (error) {
    throw new ConfigurationError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
