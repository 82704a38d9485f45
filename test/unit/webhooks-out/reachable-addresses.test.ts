import { addressRanges } from '../../../src/platform/config/address-ranges.js';
import { ReachableAddresses } from '../../../src/webhooks-out/delivery/reachable-addresses.js';

const PUBLIC = ['1.1.1.1', '8.8.8.8', '203.0.112.255', '2606:4700:4700::1111', '::ffff:8.8.8.8'];

const REFUSED = [
  ...['127.0.0.1', '127.255.0.9', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...[
    '169.254.169.254',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
  ],
  ...['::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001:db8::1'],
  // IPv6 addresses that lead to an IPv4 address
  ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'],
  ...['not an address', ''],
];

const none = new ReachableAddresses([]);

it.each(PUBLIC)('allows %s', (address) => expect(none.allows(address)).toBe(true));

it.each(REFUSED)('refuses “%s”', (address) => expect(none.allows(address)).toBe(false));

it('allows what the configuration names, and nothing beside it', () => {
  const some = new ReachableAddresses(addressRanges('10.20.0.0/16, 192.168.4.7,fd12:3456::/32'));
  for (const address of ['10.20.0.1', '10.20.255.255', '192.168.4.7', 'fd12:3456::9', '::ffff:10.20.3.4'])
    expect([address, some.allows(address)]).toEqual([address, true]);
  for (const address of ['10.21.0.1', '192.168.4.8', 'fd12:3457::1', '127.0.0.1', '::1'])
    expect([address, some.allows(address)]).toEqual([address, false]);
});

it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.1,', '10.0.0/8', '1', '10.0.0.0/8 192.168.0.0/16'])(
  'takes “%s” for no list of addresses',
  (setting) => expect(() => addressRanges(setting)).toThrow(/must be IP addresses/),
);
