/** The address of Redis, parsed from REDIS_URL; see `.env.example` for the three forms. */
export type RedisAddress = RedisLogin & (SingleServer | SentinelGroup | RedisCluster);

interface RedisLogin {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

interface SingleServer {
  readonly kind: 'single';
  readonly server: HostAndPort;
  readonly database: number;
}

interface SentinelGroup {
  readonly kind: 'sentinel';
  readonly sentinels: readonly HostAndPort[];
  /** The name under which the sentinels watch the primary. */
  readonly group: string;
  readonly database: number;
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
}

interface RedisCluster {
  readonly kind: 'cluster';
  /** Some of the nodes: they name the others. */
  readonly nodes: readonly HostAndPort[];
}

const FORM =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<database>\d{0,5}))?(?:\?(?<parameters>[^#]*))?$/;
const HOST = /^(?<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?<port>\d{1,5}))?$/;

const USUAL_PORT = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;
const SENTINEL_PARAMETERS = ['master', 'sentinelUsername', 'sentinelPassword'];

/** @throws Error that says what is wrong with the URL without quoting any part of it: it contains passwords */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = FORM.exec(url)?.groups;
  if (!parts) {
    throw new Error('must be a redis://, redis+sentinel:// or redis+cluster:// URL (rediss for TLS)');
  }
  const kind = (parts.kind ?? 'single') as RedisAddress['kind'];
  const [username, password] = (parts.login ?? '').split(/:(.*)/s, 2).map(decoded);
  const login = { username: username || undefined, password: password || undefined, tls: parts.tls === 's' };
  const hosts = (parts.hosts ?? '').split(',').map((host) => hostAndPort(host, USUAL_PORT[kind]));
  const database = Number(parts.database || 0);
  const parameters = new URLSearchParams(parts.parameters);
  for (const name of parameters.keys()) {
    if (kind !== 'sentinel' || !SENTINEL_PARAMETERS.includes(name) || parameters.getAll(name).length > 1) {
      throw new Error(
        kind === 'sentinel'
          ? `takes ${SENTINEL_PARAMETERS.join(', ')} after the question mark, each once`
          : 'takes nothing after a question mark',
      );
    }
  }
  switch (kind) {
    case 'single': {
      const [server, ...others] = hosts;
      if (!server || others.length > 0)
        throw new Error('must name one host, or begin with redis+sentinel:// or redis+cluster://');
      return { kind, ...login, server, database };
    }
    case 'sentinel': {
      const group = parameters.get('master');
      if (!group) throw new Error('must name the primary that the sentinels watch: ?master=…');
      return {
        ...{ kind, ...login, sentinels: hosts, group, database },
        sentinelUsername: parameters.get('sentinelUsername') || undefined,
        sentinelPassword: parameters.get('sentinelPassword') || undefined,
      };
    }
    case 'cluster':
      if (database !== 0) throw new Error('must not name a database: a cluster has only 0');
      return { kind, ...login, nodes: hosts };
  }
}

function hostAndPort(text: string, usualPort: number): HostAndPort {
  const parts = HOST.exec(text)?.groups;
  const port = Number(parts?.port ?? usualPort);
  if (!parts?.host || port < 1 || port > 65_535)
    throw new Error('must name hosts as host:port, separated by commas');
  return { host: parts.host.replace(/^\[|\]$/g, ''), port };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('must encode a % in a password as %25');
  }
}
