import { ValidateBy } from 'class-validator';

const LONGEST = 500;

/** A site that nobody has, to see whether a path leads away from it. */
const SITE = 'https://site.invalid';

/**
 * Whether a browser that follows this stays on this site, whatever it takes for a path: `//elsewhere`, `/\elsewhere`
 * and a tab between the two slashes all lead away.
 */
export function isReturnPath(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > LONGEST || !text.startsWith('/')) return false;
  if (!URL.canParse(text, SITE)) return false;
  const { origin, pathname, search, hash } = new URL(text, SITE);
  return origin === SITE && pathname + search + hash === text;
}

/** Validates a path of this site to come back to, as a browser would write it. */
export function IsReturnPath(): PropertyDecorator {
  return ValidateBy({
    name: 'isReturnPath',
    validator: {
      validate: isReturnPath,
      defaultMessage: () =>
        `$property must be a path of this site, such as /c/default, of up to ${LONGEST} characters`,
    },
  });
}
