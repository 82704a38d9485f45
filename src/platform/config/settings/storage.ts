import { Expose } from 'class-transformer';
import { IsOptional, Matches } from 'class-validator';
import { databaseHosts } from '../database-hosts.js';
import { IsParsedBy } from '../is-parsed-by.js';
import { IsPemFile } from '../is-pem-file.js';
import { parseRedisUrl } from '../redis-address.js';
import { Fallback, Integer } from '../variables.js';

/** Postgres and Redis. */
export class StorageSettings {
  @Expose()
  @IsParsedBy(databaseHosts)
  readonly DATABASE_URL: string;

  @Integer(10, 3, 1_000)
  readonly DATABASE_POOL_SIZE: number;

  /** Connections for status reads, public pages, operators' reports and metrics, in addition to DATABASE_POOL_SIZE. */
  @Integer(4, 1, 1_000)
  readonly DATABASE_READ_POOL_SIZE: number;

  /** How long one SQL statement may run. */
  @Integer(10_000, 50, 600_000)
  readonly DATABASE_TIMEOUT_MS: number;

  @Expose()
  @IsParsedBy(parseRedisUrl)
  readonly REDIS_URL: string;

  /** The authority that signs the certificates of rediss:// servers, instead of those that Node.js trusts. */
  @Expose()
  @IsOptional()
  @IsPemFile('certificate')
  readonly REDIS_TLS_CA_FILE?: string;

  /** Our client certificate, for servers that require one, and its key. */
  @Expose()
  @IsOptional()
  @IsPemFile('certificate')
  readonly REDIS_TLS_CERT_FILE?: string;

  @Expose()
  @IsOptional()
  @IsPemFile('private key')
  readonly REDIS_TLS_KEY_FILE?: string;

  /** The prefix of all keys in Redis; each installation that shares a Redis has its own. */
  @Fallback('grant')
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$/, {
    message: '$property must be up to 63 letters, digits, dots, colons, hyphens and underscores',
  })
  readonly REDIS_KEY_PREFIX: string;

  /** A separate Redis for the queue. Not set: REDIS_URL. */
  @Expose()
  @IsOptional()
  @IsParsedBy(parseRedisUrl)
  readonly QUEUE_REDIS_URL?: string;

  /** How long the request path waits for one reply from Redis. */
  @Integer(800, 50, 60_000)
  readonly REDIS_TIMEOUT_MS: number;
}
