import { UsageError } from '../../tools/command-line/usage-error.js';
import { fromEnvironment } from '../../tools/stack/dot-env.js';
import { developmentSecret } from '../../tools/stack/development-secret.js';
import { findRunningStack } from '../../tools/stack/running-stack.js';
import { StackError } from '../../tools/stack/stack-error.js';

/** The target of a rush: the service and the servers behind it. */
export interface RushTarget {
  /** Without a trailing slash. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly jwtSecret: string;
}

/**
 * The service at `url`, with the servers from the environment or from a running `npm start`.
 * @throws UsageError if the servers are in neither, or if tokens cannot be signed here
 */
export async function runningTarget(url: string): Promise<RushTarget> {
  if (fromEnvironment('JWT_JWKS_URL')) {
    throw new UsageError(
      'The rush signs tokens with JWT_SECRET, but this service verifies them with the keys of JWT_JWKS_URL.',
    );
  }
  const { databaseUrl, redisUrl, jwtSecret } = await findRunningStack('databaseUrl', 'redisUrl').catch(
    (error: unknown) => {
      if (error instanceof StackError) throw new UsageError(whatItNeeds(url));
      throw error;
    },
  );
  return { url, databaseUrl, redisUrl, jwtSecret: jwtSecret ?? (await developmentSecret('jwt-secret')) };
}

function whatItNeeds(url: string): string {
  return (
    `Besides --url, a rush on ${url} needs the service's DATABASE_URL and REDIS_URL, to read and audit the books, and ` +
    'its JWT_SECRET, to sign the people\'s tokens and an administrator\'s. Set them, or run it beside "npm start".'
  );
}
