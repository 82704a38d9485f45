/**
 * What counts as one address: an IPv4 address, also where it is written as an IPv6 one or with a port behind it; of an IPv6
 * address the network (/64), in which each subscriber has 2^64 of them to choose from.
 * @param address as a socket or a proxy's X-Forwarded-For says it; of what is none, something that is the same each time
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

/** The eight numbers of an IPv6 address, whichever way it is written. */
function groupsOf(address: string): number[] {
  const bare = address.replace(/^\[|\].*$|%.*$/g, '');
  const [before = [], after = []] = bare
    .split('::', 2)
    .map((half) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16) || 0)));
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after];
}
