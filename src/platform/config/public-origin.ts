import { isLoopback } from './is-http-url.js';

/**
 * The value of PUBLIC_ORIGIN, an origin as browsers send it in Origin.
 * @throws Error that says what it must be. Without TLS a cookie could be read on its way, so http:// is for one's own
 *   machine.
 */
export function publicOrigin(setting: string): string {
  if (URL.canParse(setting)) {
    const { origin, protocol, hostname } = new URL(setting);
    const isPrivate = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
    if (origin === setting && isPrivate) return setting;
  }
  throw new Error(
    'must be one origin as browsers send it: https://give.example, without a path or a slash at the end; ' +
      'http:// only for this machine',
  );
}
