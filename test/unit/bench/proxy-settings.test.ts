import { readFileSync } from 'node:fs';
import { proxySettings } from '../../../bench/contestants/proxy-settings.js';

const released = readFileSync('docker/haproxy.cfg', 'utf8');

describe('the proxy of the bench', () => {
  it('is configured as the released one, but for its address, its servers and the number of connections', () => {
    const lines = proxySettings(released, 4000, ['127.0.0.1:4001', '127.0.0.1:4002']).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '    bind 127.0.0.1:4000',
        '    maxconn 5000',
        '    default-server check inter 1s fall 2 rise 1 maxconn 2000',
        '    server api-1 127.0.0.1:4001',
        '    server api-2 127.0.0.1:4002',
      ]),
    );
    expect(released.split('\n').filter((line) => !lines.includes(line))).toEqual([
      '    maxconn 20000',
      ...[
        'resolvers docker',
        '    nameserver dns 127.0.0.11:53',
        '    hold valid 2s',
        '    hold obsolete 5s',
      ],
      ...['    resolve_retries 3', '    timeout resolve 1s', '    timeout retry 1s'],
      '    bind :8080',
      '    default-server check inter 1s fall 2 rise 1 maxconn 2000 resolvers docker resolve-prefer ipv4 init-addr none',
      '    server-template api- 8 api:3000',
    ]);
  });

  it('is refused when a line that has to be replaced is missing', () => {
    expect(() => proxySettings(released.replace('bind :8080', 'bind :80'), 4000, [])).toThrow(/no line like/);
  });
});
