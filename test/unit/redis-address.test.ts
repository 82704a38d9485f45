import { parseRedisUrl } from '../../src/platform/config/redis-address.js';

function complaintOf(url: string): string {
  try {
    parseRedisUrl(url);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
}

describe('REDIS_URL', () => {
  it.each([
    ['redis://host', { kind: 'single', server: { host: 'host', port: 6379 }, database: 0, tls: false }],
    ['redis://10.0.0.1:7000/15', { server: { host: '10.0.0.1', port: 7000 }, database: 15 }],
    ['redis://[2001:db8::1]:7000/', { server: { host: '2001:db8::1', port: 7000 }, database: 0 }],
    ['redis://:p%40ss:w%25rd@h', { username: undefined, password: 'p@ss:w%rd' }],
    ['rediss://user:secret@h:6380/1', { kind: 'single', username: 'user', password: 'secret', tls: true }],
    ['redis://h', { username: undefined, password: undefined }],
  ])('names one server: %s', (url, address) => {
    expect(parseRedisUrl(url)).toMatchObject(address);
  });

  it('names sentinels and the group that they watch', () => {
    expect(parseRedisUrl('redis+sentinel://:p@a:1,b,[::1]:3/2?master=gate')).toEqual({
      kind: 'sentinel',
      username: undefined,
      password: 'p',
      tls: false,
      sentinels: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
        { host: '::1', port: 3 },
      ],
      group: 'gate',
      database: 2,
      sentinelUsername: undefined,
      sentinelPassword: undefined,
    });
    expect(
      parseRedisUrl('rediss+sentinel://a?sentinelPassword=x%26y&master=m&sentinelUsername=watch'),
    ).toMatchObject({ tls: true, group: 'm', sentinelUsername: 'watch', sentinelPassword: 'x&y' });
  });

  it('names some nodes of a cluster', () => {
    expect(parseRedisUrl('rediss+cluster://u:p@a:7001,b:7002')).toEqual({
      kind: 'cluster',
      username: 'u',
      password: 'p',
      tls: true,
      nodes: [
        { host: 'a', port: 7001 },
        { host: 'b', port: 7002 },
      ],
    });
  });

  it.each([
    'http://:secret-1@h',
    'redis:h',
    'redis://',
    'redis://:secret-1@',
    'redis://:secret-1@a,b', // several hosts are another kind
    'redis://h:0',
    'redis://h:65536',
    'redis://h:secret-1',
    'redis://h/database',
    'redis://h?secret-1=1',
    'redis://:secret-1%@h',
    'redis://:secret-1@h@h',
    'redis+sentinel://:secret-1@a:1', // without a group
    'redis+sentinel://a:1?master=',
    'redis+sentinel://a:1?master=m&master=n',
    'redis+sentinel://a:1?master=m&secret-1=2',
    'redis+sentinel://a:1,,b:1?master=m',
    'redis+cluster://:secret-1@a:1/3',
    'redis+cluster://a:1?master=m',
    'redis+proxy://a',
  ])('is refused, and the complaint quotes nothing of it: %s', (url) => {
    const complaint = complaintOf(url);
    expect(complaint).toMatch(/^(must|takes) /);
    expect(complaint).not.toMatch(/secret-1/);
  });
});
