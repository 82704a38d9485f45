import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl } from '../config/redis-address.js';
import { readRedisTls, type RedisTlsFiles } from './redis-tls.js';
import { SteadySentinelConnector } from './steady-sentinel-connector.js';

/** A connection to a single server or to the primary that sentinels name, or connections to the nodes of a cluster. */
export type RedisClient = Redis | Cluster;

/**
 * How a connection waits:
 * - `request`: somebody waits for the answer. A server that is away fails the command at once, one that is silent after
 *   `timeoutMs`, and no command is ever sent twice behind our back: whether to ask again is the caller's choice.
 * - `queue`: BullMQ's. It blocks for jobs and outlives any outage, so it waits without end.
 * - `tool`: a program that a person has started: it waits for the connection, and fails when it breaks.
 */
export type Patience = 'request' | 'queue' | 'tool';

const RECONNECT_CEILING_MS = 500;

/** BullMQ blocks for up to 10 s at a time, so a connection that is silent for longer than this is dead. */
const QUEUE_SILENCE_MS = 15_000;

/** A command may be late and the connection sound; one on which nothing came back for so many time-outs is dead. */
const SILENT_TIMEOUTS = 3;

/** A slot that moves is asked for at its old node, its new one, and once more when it has arrived there meanwhile. */
const REDIRECTIONS = 5;

/** How long a cluster's client may go without noticing that a failover has changed who serves which slot. */
const TOPOLOGY_REFRESH_MS = 2_000;

const SHORT_PAUSE_MS = 50;

/** How often a tool tries to connect. */
const TOOL_ATTEMPTS = 3;

/**
 * Opens what REDIS_URL names.
 * @param timeoutMs bounds connecting, and for `request` each command
 * @param tlsFiles for rediss://, see `.env.example`
 * @throws Error when `url` is not one of Redis, or a file can't be read; nothing else, since it connects later
 */
export function openRedis(
  url: string,
  patience: Patience,
  timeoutMs: number,
  tlsFiles: RedisTlsFiles = {},
): RedisClient {
  const address = parseRedisUrl(url);
  const { username, password } = address;
  const tls = address.tls ? readRedisTls(tlsFiles) : undefined;
  const common: RedisOptions = {
    ...{ username, password, connectTimeout: timeoutMs },
    ...(tls ? { tls } : {}),
    ...waiting(patience, timeoutMs),
  };
  const retryStrategy = (attempt: number): number | null => {
    if (patience === 'tool' && attempt > TOOL_ATTEMPTS) return null;
    return Math.min(attempt * SHORT_PAUSE_MS, RECONNECT_CEILING_MS);
  };
  const enableOfflineQueue = patience !== 'request';
  switch (address.kind) {
    case 'single':
      return new Redis({
        ...{ ...common, ...address.server, db: address.database, retryStrategy, enableOfflineQueue },
        reconnectOnError: isDemoted,
      });
    case 'sentinel':
      return new Redis({
        ...{ ...common, db: address.database, retryStrategy, enableOfflineQueue },
        reconnectOnError: isDemoted,
        Connector: SteadySentinelConnector as NonNullable<RedisOptions['Connector']>,
        sentinels: [...address.sentinels],
        name: address.group,
        sentinelUsername: address.sentinelUsername,
        sentinelPassword: address.sentinelPassword,
        sentinelCommandTimeout: timeoutMs,
        sentinelRetryStrategy: retryStrategy,
        // A primary that the others have given up keeps its connections; the sentinels tell that it is none any more.
        failoverDetector: true,
        sentinelReconnectStrategy: () => TOPOLOGY_REFRESH_MS,
        ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: tls } : {}),
      });
    case 'cluster':
      return openCluster(
        new Cluster([...address.nodes], {
          redisOptions: common,
          enableOfflineQueue,
          clusterRetryStrategy: retryStrategy,
          slotsRefreshTimeout: timeoutMs,
          slotsRefreshInterval: TOPOLOGY_REFRESH_MS,
          maxRedirections: patience === 'queue' ? Number.MAX_SAFE_INTEGER : REDIRECTIONS,
          retryDelayOnMoved: patience === 'queue' ? SHORT_PAUSE_MS : 0,
          retryDelayOnTryAgain: SHORT_PAUSE_MS,
          retryDelayOnClusterDown: patience === 'request' ? 0 : SHORT_PAUSE_MS,
          // What was sent when a connection broke may have been done, so who waits for a request is told that it broke.
          retryDelayOnFailover: patience === 'request' ? 0 : SHORT_PAUSE_MS,
          ...(tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}), // certificates are made out to names
        }),
      );
  }
}

function waiting(patience: Patience, timeoutMs: number): RedisOptions {
  switch (patience) {
    case 'request':
      return {
        maxRetriesPerRequest: 0,
        autoResendUnfulfilledCommands: false,
        commandTimeout: timeoutMs,
        socketTimeout: SILENT_TIMEOUTS * timeoutMs,
      };
    case 'queue':
      return { maxRetriesPerRequest: null, socketTimeout: QUEUE_SILENCE_MS };
    case 'tool':
      return { maxRetriesPerRequest: 1 };
  }
}

/** Nodes connect when they are first asked, and until then turn requests away; so they are connected beforehand. */
function openCluster(cluster: Cluster): Cluster {
  cluster.on('+node', (node: Redis) => {
    if (!node.options.readOnly) node.connect().catch(() => undefined); // the pool drops it and hears of it again
  });
  return cluster;
}

/** The server has become a replica: whoever answers at its name, or is named by the sentinels, is another one now. */
function isDemoted(error: Error): boolean {
  return error.message.startsWith('READONLY');
}
