/**
 * What counts as one address: an IPv4 address, even if written as an IPv6 address or followed by a port; of an IPv6
 * address the /64 network, in which each subscriber has 2^64 addresses to choose from.
 * @param address from a socket or a proxy's X-Forwarded-For; what is not an address gets the same key each time
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address;
  const ipv4 = IPV4.exec(address)?.[1];
  if (ipv4 !== undefined) return ipv4;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

const IPV4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i;

/** The eight groups of an IPv6 address, in whichever form it is written. */
function groupsOf(address: string): number[] {
  const bare = address.replace(/^\[|\].*$|%.*$/g, '');
  const [before = [], after = []] = bare
    .split('::', 2)
    .map((half) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16) || 0)));
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}
