import { addressKey } from '../../src/platform/rate-limits/address-key.js';
import { RateLimit } from '../../src/platform/rate-limits/rate-limit.js';

const HOUR = 3_600_000;

describe('the rate limit of a key', () => {
  it('holds for a client that keeps coming while others invent keys without end', () => {
    const limit = new RateLimit(3, HOUR, 100);
    for (let i = 0; i < 3; i++) limit.count('greedy');
    for (let i = 0; i < 1_000; i++) {
      limit.count(`made up ${i}`);
      expect(() => limit.count('greedy')).toThrow('Too many requests');
    }
  });

  it('does not start again for all keys when there are too many', () => {
    const limit = new RateLimit(1, HOUR, 100);
    limit.count('patient');
    for (let i = 0; i < 150; i++) limit.count(`other ${i}`);
    expect(() => limit.count('patient')).toThrow('Too many requests');
  });
});

describe('what counts as one address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['192.0.2.1:50123', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['[2001:db8:1:2::7]:443', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
