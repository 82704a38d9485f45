import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import type { Environment } from '../config/environment.js';

/** The files that a rediss:// connection needs; none if the certificates that Node.js comes with are enough. */
export type RedisTlsFiles = Partial<
  Pick<Environment, 'REDIS_TLS_CA_FILE' | 'REDIS_TLS_CERT_FILE' | 'REDIS_TLS_KEY_FILE'>
>;

/**
 * What ioredis copies for each connection that it makes. So the files are read again for each, since certificates are
 * renewed while the service runs. While they can't be read, or don't fit each other, what was read before them counts:
 * an error here would end the client for good.
 * @throws Error when a named file cannot be read, or is no certificate or key
 */
export function readRedisTls(files: RedisTlsFiles): ConnectionOptions {
  let last = contextOf(files);
  return {
    get secureContext(): SecureContext {
      try {
        last = contextOf(files);
      } catch {
        // Half of them may be written. The server says so if it refuses the old ones.
      }
      return last;
    },
  };
}

function contextOf(files: RedisTlsFiles): SecureContext {
  const read = (path: string | undefined) => (path ? readFileSync(path) : undefined);
  return createSecureContext({
    ca: read(files.REDIS_TLS_CA_FILE),
    cert: read(files.REDIS_TLS_CERT_FILE),
    key: read(files.REDIS_TLS_KEY_FILE),
  });
}
