import { UsageError } from '../../tools/command.js';
import { fromEnvironment } from '../../tools/stack/dot-env.js';
import { developmentJwtSecret } from '../../tools/stack/jwt-secret.js';
import { findRunningStack } from '../../tools/stack/running-stack.js';

/** What is rushed: the service, and the books behind it. */
export interface RushTarget {
  /** Without a slash at the end. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly jwtSecret: string;
}

/**
 * The service at `url`, with the servers that the environment names or that a running `npm start` announces.
 * @throws StackError when neither says where they are, UsageError when tokens can't be signed here
 */
export async function runningTarget(url: string): Promise<RushTarget> {
  if (fromEnvironment('JWT_JWKS_URL')) {
    throw new UsageError(
      'The rush signs tokens with JWT_SECRET; this service takes its keys from JWT_JWKS_URL.',
    );
  }
  const { databaseUrl, redisUrl, jwtSecret } = await findRunningStack('databaseUrl', 'redisUrl');
  return { url, databaseUrl, redisUrl, jwtSecret: jwtSecret ?? (await developmentJwtSecret()) };
}
