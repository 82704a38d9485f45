import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { boundedLookup } from '../../platform/http/name-lookups.js';
import type { ReachableAddresses } from './reachable-addresses.js';

/** Calls to one endpoint at the same time. */
export const CALLS_AT_ONCE = 16;

/** An answer has nothing to say but its status. */
const MOST_ANSWER_BYTES = 16_384;

/** Why there is no connection: all addresses of the host are refused. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/**
 * Connects to addresses that are allowed, and to no other. The address is judged as the connection is made, so a name
 * that meant another address a moment ago (DNS rebinding) gains nothing. No proxy of the environment is used. There are
 * as many connections as calls: of two endpoints on one host, a slow one would keep the other's waiting for a free one.
 */
export function guardedAgent(addresses: ReachableAddresses, timeoutMs: number): Agent {
  const connect = buildConnector({ timeout: timeoutMs, lookup: guardedLookup(addresses) });
  return new Agent({
    pipelining: 1,
    maxResponseSize: MOST_ANSWER_BYTES,
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !addresses.allows(host))
        callback(new AddressRefused(), null); // not looked up
      else connect(options, callback);
    },
  });
}

function guardedLookup(addresses: ReachableAddresses): LookupFunction {
  return boundedLookup((found) => {
    const allowed = found.filter(({ address }) => addresses.allows(address));
    if (allowed.length === 0) throw new AddressRefused();
    return allowed;
  });
}
