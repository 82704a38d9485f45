import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { runAudit } from '../../src/audit/run-audit.js';
import { CallRate } from '../../src/payouts/by-provider/call-rate.js';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { openRedis } from '../../src/platform/redis/open-redis.js';
import { RedisConnections } from '../../src/platform/redis/redis-connections.js';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { RedisServer } from '../../tools/stack/servers/redis-server.js';
import { CertificateAuthority, type Certified } from '../support/certificates.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ownDataDir } from '../support/own-servers.js';
import { rightsOfRedisUser } from '../support/redis-user.js';
import { users } from '../support/rush.js';
import { World } from '../support/world.js';

const PASSWORD = 'of-a-user-who-may-do-what-it-needs';
const dataDir = ownDataDir();
const redis = new RedisServer({ dataDir, log: () => undefined });
let authority: CertificateAuthority;
let files: Record<'REDIS_TLS_CA_FILE' | 'REDIS_TLS_CERT_FILE' | 'REDIS_TLS_KEY_FILE', string>;
let url: string;

beforeAll(async () => {
  authority = await CertificateAuthority.create(join(dataDir, 'certificates'));
  const server = await authority.certify('redis-server');
  const client = await authority.certify('seonchak');
  files = {
    REDIS_TLS_CA_FILE: authority.own.certificate,
    REDIS_TLS_CERT_FILE: client.certificate,
    REDIS_TLS_KEY_FILE: client.key,
  };
  const port = await findFreePort();
  await redis.start([
    `tls-port ${port}`,
    `tls-cert-file ${server.certificate}`,
    `tls-key-file ${server.key}`,
    `tls-ca-cert-file ${files.REDIS_TLS_CA_FILE}`,
    'tls-auth-clients yes',
    `user seonchak on >${PASSWORD} ${rightsOfRedisUser().join(' ')}`,
  ]);
  url = `rediss://seonchak:${PASSWORD}@127.0.0.1:${port}/0`;
});

afterAll(() => redis.stop());

async function ping(tlsFiles: Partial<typeof files>, to = url): Promise<string> {
  const client = openRedis(to, 'tool', 2_000, tlsFiles);
  client.on('error', () => undefined);
  try {
    return await client.ping();
  } catch {
    return 'no answer';
  } finally {
    client.disconnect();
  }
}

describe('Redis over TLS, with a private certificate authority and certificates for both sides', () => {
  it('is reached with all files, and with nothing less', async () => {
    const { REDIS_TLS_CA_FILE, REDIS_TLS_CERT_FILE, REDIS_TLS_KEY_FILE } = files;
    expect(await ping(files)).toBe('PONG');
    expect(await ping({})).toBe('no answer');
    expect(await ping({ REDIS_TLS_CA_FILE })).toBe('no answer');
    expect(await ping({ REDIS_TLS_CERT_FILE, REDIS_TLS_KEY_FILE })).toBe('no answer');
    const other = await CertificateAuthority.create(join(dataDir, 'others'));
    expect(await ping({ ...files, REDIS_TLS_CA_FILE: other.own.certificate })).toBe('no answer');
    expect(await ping(files, url.replace('rediss', 'redis'))).toBe('no answer');
  });

  it('carries a whole campaign, paid by a provider, with only the rights that .env.example names', async () => {
    const bank = await BankProcess.start({ logFile: join(dataDir, 'bank.jsonl') });
    const world = await World.create(
      { ...files, ...bank.serviceVariables, PAYOUT_RETRY_MS: '100' },
      { redisUrl: url },
    );
    try {
      await redis.command('ACL', 'LOG', 'RESET');
      const app = await world.start('all');
      const client = new Client(app);
      await client.createCampaign({
        ...{ id: 'secret', capacity: 5, waitingCapacity: 3 },
        reversalPolicy: 'regrant', // the line stays open when all slots are paid
      });
      await bank.control.setOdds({ rejectUsers: ['2'] });
      for (const userId of users(1, 8)) expect((await client.claim('secret', userId)).status).toBe(202);
      await eventually(async () => {
        const paid = await world.rows(
          `SELECT FROM user_grants WHERE campaign_id = 'secret' AND status = 'SUCCESS'`,
        );
        expect(paid).toHaveLength(5);
      });
      // A lost gate is rebuilt with these rights as well.
      await redis.command('FLUSHALL');
      expect((await client.claim('secret', 10)).status).toBe(202); // a place in the line is free again
      expect((await client.changeCampaign('secret', { state: 'CLOSED' })).status).toBe(200);
      expect((await app.http.get('/metrics')).text).toContain('seonchak_queue_jobs{');
      expect((await app.http.get('/health/ready')).status).toBe(200);
      const { DATABASE_URL: databaseUrl = '' } = world.variables;
      const audit = await runAudit({ databaseUrl, redisUrl: url, redisTls: files }, 'secret');
      expect(audit.checks.filter(({ violations }) => violations.length > 0)).toEqual([]);
      await app.close();
      expect(await redis.command('ACL', 'LOG')).toEqual([]);
    } finally {
      await world.close();
      await BankProcess.killAll();
    }
  });
});

/** What the service needs besides the files for TLS. */
const needed = {
  DATABASE_URL: 'postgres://user@127.0.0.1/nowhere',
  REDIS_URL: 'rediss://127.0.0.1',
  JWT_SECRET: 'x'.repeat(32),
};

/** Copies of the files, which a test may change. */
async function ownFiles(name: string): Promise<typeof files> {
  const folder = join(dataDir, name);
  await mkdir(folder);
  const own = {
    REDIS_TLS_CA_FILE: join(folder, 'ca.pem'),
    REDIS_TLS_CERT_FILE: join(folder, 'client.pem'),
    REDIS_TLS_KEY_FILE: join(folder, 'client.key'),
  };
  await copyFile(files.REDIS_TLS_CA_FILE, own.REDIS_TLS_CA_FILE);
  await copyFile(files.REDIS_TLS_CERT_FILE, own.REDIS_TLS_CERT_FILE);
  await copyFile(files.REDIS_TLS_KEY_FILE, own.REDIS_TLS_KEY_FILE);
  return own;
}

describe('certificates that are renewed while the service runs', () => {
  const serveBy = ({ certificate, key }: Certified, authorities: string): Promise<unknown> =>
    redis.command(
      ...(['CONFIG', 'SET', 'tls-cert-file', certificate, 'tls-key-file', key] as const),
      ...['tls-ca-cert-file', authorities],
    );

  it('count for the next connection, and half renewed ones for none', async () => {
    const own = await ownFiles('renewed');
    const client = openRedis(url, 'request', 2_000, own);
    client.on('error', () => undefined);
    const answersAgain = async (): Promise<void> => {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await eventually(async () => expect(await client.ping()).toBe('PONG'));
    };
    try {
      await eventually(async () => expect(await client.ping()).toBe('PONG'));
      const next = await CertificateAuthority.create(join(dataDir, 'next'));
      const renewed = await next.certify('seonchak');
      await copyFile(renewed.certificate, own.REDIS_TLS_CERT_FILE);
      await answersAgain();
      await copyFile(renewed.key, own.REDIS_TLS_KEY_FILE);
      await copyFile(next.own.certificate, own.REDIS_TLS_CA_FILE);
      await serveBy(await next.certify('redis-server'), next.own.certificate);
      await answersAgain();
    } finally {
      client.disconnect();
      await serveBy(await authority.certify('redis-server'), authority.own.certificate);
    }
  });

  it('and are away when a worker first asks for a turn to pay hinder no later turn', async () => {
    const own = await ownFiles('away');
    const environment = readEnvironment({ ...needed, ...own, REDIS_URL: url });
    const connections = new RedisConnections(environment);
    const rate = new CallRate(connections, environment);
    const { signal } = new AbortController();
    const away = `${own.REDIS_TLS_CA_FILE}.away`;
    try {
      await rename(own.REDIS_TLS_CA_FILE, away);
      await expect(rate.turn(signal)).rejects.toThrow(own.REDIS_TLS_CA_FILE);
      for (const told of [
        rate.restInSilence(1),
        rate.pauseAll(1),
        rate.endSilence(),
        rate.showUnconfigured(),
      ])
        await expect(told).resolves.toBeUndefined();
      await rename(away, own.REDIS_TLS_CA_FILE);
      expect(await rate.turn(signal)).toBe(true);
    } finally {
      connections.onApplicationShutdown();
    }
  });
});

describe('TLS files', () => {
  it.each([
    ['REDIS_TLS_CA_FILE', { REDIS_TLS_CA_FILE: '/nowhere/ca.pem' }],
    ['REDIS_TLS_CA_FILE', { REDIS_TLS_CA_FILE: __filename }],
    ['REDIS_TLS_KEY_FILE', { REDIS_TLS_KEY_FILE: __filename }],
    ['REDIS_TLS_CERT_FILE', { REDIS_TLS_KEY_FILE: '' }],
    ['REDIS_URL', { REDIS_URL: 'redis://127.0.0.1' }],
  ])('that are missing, invalid or unused stop the start, which names %s', (name, wrong) => {
    expect(readEnvironment({ ...needed, ...files }).REDIS_TLS_CA_FILE).toBe(files.REDIS_TLS_CA_FILE);
    expect(() => readEnvironment({ ...needed, ...files, ...wrong })).toThrow(name);
  });
});
