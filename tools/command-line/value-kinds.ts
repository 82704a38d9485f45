import type { ValueKind } from './command-declaration.js';

/** A whole number in decimal, without a sign. */
export function wholeNumber(least: number, most: number): ValueKind<number> {
  return {
    placeholder: 'N',
    allowed: `a whole number from ${least} to ${most}`,
    read: (text) =>
      /^\d{1,16}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined,
  };
}

/** @param what is given, such as "the path of a file" */
export function text(placeholder: string, what: string): ValueKind<string> {
  return { placeholder, allowed: what, read: (given) => (given === '' ? undefined : given) };
}

/** The path of a file. */
export const file = text('FILE', 'the path of a file');

/** The id of a campaign. */
export const campaignId = text('ID', 'the id of a campaign');

export function oneOf<Name extends string>(placeholder: string, names: readonly Name[]): ValueKind<Name> {
  return {
    placeholder,
    allowed: `one of ${names.map((name) => (/\W/.test(name) ? JSON.stringify(name) : name)).join(', ')}`,
    read: (given) => names.find((name) => name === given),
  };
}

/** Names, separated by commas. Given in any order and with repetitions, they are read in the order of `names`. */
export function someOf<Name extends string>(placeholder: string, names: readonly Name[]): ValueKind<Name[]> {
  return {
    placeholder,
    allowed: `some of ${names.join(', ')}, separated by commas`,
    read: (given) => {
      const asked = given.split(',');
      const areKnown = asked.every((name) => (names as readonly string[]).includes(name));
      return areKnown ? names.filter((name) => asked.includes(name)) : undefined;
    },
  };
}

/** An http or https URL. */
export function httpUrl(example: string): ValueKind<URL> {
  return {
    placeholder: 'URL',
    allowed: `an http or https URL such as ${example}`,
    read: (given) =>
      URL.canParse(given) && /^https?:$/.test(new URL(given).protocol) ? new URL(given) : undefined,
  };
}
