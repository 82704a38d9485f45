import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { Environment } from '../config/environment.js';

/** The files that a rediss:// connection needs; none if the certificates that Node.js comes with are enough. */
export type RedisTlsFiles = Partial<
  Pick<Environment, 'REDIS_TLS_CA_FILE' | 'REDIS_TLS_CERT_FILE' | 'REDIS_TLS_KEY_FILE'>
>;

/** @throws Error when a named file cannot be read */
export function readRedisTls(files: RedisTlsFiles): SecureContextOptions {
  const read = (path: string | undefined) => (path ? readFileSync(path) : undefined);
  return {
    ca: read(files.REDIS_TLS_CA_FILE),
    cert: read(files.REDIS_TLS_CERT_FILE),
    key: read(files.REDIS_TLS_KEY_FILE),
  };
}
