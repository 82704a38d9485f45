import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** An address and how many of its first bits count. */
export type AddressRange = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/**
 * Ranges of IP addresses in CIDR notation, or single addresses, separated by commas.
 * @throws Error that says what it must be
 */
export function addressRanges(setting: string): readonly AddressRange[] {
  return setting.split(',').map((text) => rangeOf(text.trim()));
}

function rangeOf(text: string): AddressRange {
  const [address = '', bits] = text.split('/');
  // net.isIP knows no short forms: `10.1` would be read as 10.0.0.1.
  if (isIP(address) !== 0 && bits === undefined)
    return [ipaddr.parse(address), isIP(address) === 4 ? 32 : 128];
  if (isIP(address) !== 0 && ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  throw new Error('must be IP addresses, or ranges such as 10.20.0.0/16, separated by commas');
}
