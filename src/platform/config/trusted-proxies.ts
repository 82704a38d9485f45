import { isIP, isIPv4 } from 'node:net';

const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * The value of Express' "trust proxy" that TRUST_PROXY stands for: a number of hops, or addresses and ranges.
 * @throws Error that says what it must be, for whatever Express would not take
 */
export function trustedProxies(setting: string): number | string[] {
  if (/^\d{1,2}$/.test(setting)) return Number(setting);
  const proxies = setting.split(',').map((proxy) => proxy.trim());
  if (!proxies.every((proxy) => NAMED_RANGES.includes(proxy) || isRange(proxy)))
    throw new Error('must be a number of hops, or addresses and ranges, separated by commas');
  return proxies;
}

function isRange(text: string): boolean {
  const [address = '', size, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (size === undefined) return true;
  const prefix = family === 4 && isIPv4(size) ? prefixOfMask(size) : Number(/^\d{1,3}$/.exec(size)?.[0]);
  return prefix > 0 && prefix <= (family === 4 ? 32 : 128);
}

/** NaN when the mask's ones are not all in front. */
function prefixOfMask(mask: string): number {
  const bits = mask
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  return /^1+0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : NaN;
}
