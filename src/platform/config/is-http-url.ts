import { ValidateBy } from 'class-validator';

const PROTOCOLS = ['http:', 'https:'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Validates an address to call, as WHATWG's URL reads it: names with underscores, as containers have them, and IPv6 addresses
 * are good. A login in it is refused, since it would be sent nowhere; so is what comes behind `#`.
 * @param options query: whether it may have one; what paths are appended to may not
 */
export function IsHttpUrl({ query }: { readonly query: boolean }): PropertyDecorator {
  const isGood = (value: unknown): boolean => {
    if (typeof value !== 'string' || !URL.canParse(value)) return false;
    const { protocol, username, password, search, hash } = new URL(value);
    if (!PROTOCOLS.includes(protocol) || (search !== '' && !query)) return false;
    return username === '' && password === '' && hash === '';
  };
  return ValidateBy({
    name: 'isHttpUrl',
    validator: {
      validate: isGood,
      defaultMessage: () =>
        `$property must be an http:// or https:// URL without a login${query ? '' : ', a query'} or a fragment`,
    },
  });
}

/** Whether what is said at an address can be read, and answered, by whoever is on the way. */
export function isPlainOverNetwork(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !LOOPBACK.test(hostname);
}
