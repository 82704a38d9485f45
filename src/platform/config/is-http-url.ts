import { ValidateBy } from 'class-validator';

const PROTOCOLS = ['http:', 'https:'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Validates a URL to call, as the WHATWG URL parser reads it: host names with underscores, which containers have, and
 * IPv6 addresses are valid. A login is refused, because it would not be sent; so is a fragment.
 * @param options query: whether a query is allowed; it must not be where paths are appended to the URL
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

/** Whether a host name can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname) || hostname === '::1';
}

/** Whether anybody on the network path can read calls to this URL, and answer them. */
export function isPlainOverNetwork(url: string | undefined): boolean {
  if (url === undefined || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}
