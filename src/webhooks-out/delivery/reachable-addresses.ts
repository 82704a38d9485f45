import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';
import type { AddressRange } from '../../platform/config/address-ranges.js';

/**
 * Says which addresses webhooks may go to: those of the public internet, and the ones that the operator of this
 * installation allows. All others are refused, so that nobody who may name a URL reaches what only we can reach.
 */
export class ReachableAddresses {
  constructor(private readonly allowed: readonly AddressRange[]) {}

  /** @param address as DNS or a URL gives it; an IPv6 address that only wraps an IPv4 address counts as that one */
  allows(address: string): boolean {
    if (isIP(address) === 0) return false;
    const parsed = ipaddr.process(address);
    if (parsed.range() === 'unicast') return true;
    return this.allowed.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  }
}
