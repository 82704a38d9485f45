import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl } from '../config/redis-address.js';
import { readRedisTls, type RedisTlsFiles } from './redis-tls.js';
import { SteadySentinelConnector } from './steady-sentinel-connector.js';

/** A connection to a single server or to the primary that sentinels name, or connections to the nodes of a cluster. */
export type RedisClient = Redis | Cluster;

/**
 * How a connection waits:
 * - `request`: a client waits for the answer. A command fails at once if the server is away, and after `timeoutMs` if
 *   it is silent. No command is ever resent automatically: whether to retry is the caller's choice.
 * - `queue`: for BullMQ, which blocks for jobs and outlives any outage, so it waits without limit.
 * - `tool`: for a program that a person has started. It waits for the connection, and fails when the connection breaks.
 */
export type Patience = 'request' | 'queue' | 'tool';

const RECONNECT_CEILING_MS = 500;

/** BullMQ blocks for up to 10 s at a time, so a connection that is silent for longer than this is dead. */
const QUEUE_SILENCE_MS = 15_000;

/** A late reply does not mean a dead connection; one that returned nothing for this many time-outs is dead. */
const SILENT_TIMEOUTS = 3;

/** A moving hash slot is asked for at its old node, at its new one, and once more if it has arrived there meanwhile. */
const REDIRECTIONS = 5;

/** How long a client may take to notice that a failover has changed which node serves which hash slot. */
const TOPOLOGY_REFRESH_MS = 2_000;

const SHORT_PAUSE_MS = 50;

/** How many times a tool tries again to connect. */
const TOOL_ATTEMPTS = 3;

/**
 * Opens a client for a Redis URL, see `parseRedisUrl`.
 * @param timeoutMs bounds connecting, and for `request` each command
 * @param tlsFiles for rediss://, see `.env.example`
 * @throws Error when `url` is not a Redis URL, or a file cannot be read; nothing else, since it connects later
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
        // A primary that the others have given up keeps its connections; the sentinels report that it no longer is one.
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
          // A command sent when the connection broke may have been executed, so requests fail instead of resending it.
          retryDelayOnFailover: patience === 'request' ? 0 : SHORT_PAUSE_MS,
          ...(tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}), // certificates are issued to names
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

/** Nodes connect at their first command and refuse commands until connected, so they are connected beforehand. */
function openCluster(cluster: Cluster): Cluster {
  cluster.on('+node', (node: Redis) => {
    if (!node.options.readOnly) node.connect().catch(() => undefined); // the pool drops the node and hears of it again
  });
  return cluster;
}

/** The server has become a replica: another server now answers at its name, or is named by the sentinels. */
function isDemoted(error: Error): boolean {
  return error.message.startsWith('READONLY');
}
