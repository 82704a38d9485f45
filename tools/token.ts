import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import { secretsIn } from '../src/platform/config/secret-list.js';
import { ADMIN_SCOPE } from '../src/platform/identity/identity.js';
import { isUserId } from '../src/platform/identity/user-id.js';
import { runCommand, UsageError } from './command.js';
import { fromEnvironment, loadDotEnv } from './stack/dot-env.js';
import { developmentJwtSecret } from './stack/jwt-secret.js';
import { findRunningStack } from './stack/running-stack.js';

const usage = 'npm run token -- <user id> [--admin | --scope "grants:read …"] [--expires 1h]';

function userIdOf(text: string | undefined): string {
  if (isUserId(text)) return text;
  throw new UsageError(`The user id must be a decimal number from 1 to 2^63-1: ${usage}`);
}

function refuseWhereTokensAreNotOurs(): void {
  if (fromEnvironment('NODE_ENV') === 'production') {
    throw new UsageError('This tool mints tokens for development only, and NODE_ENV is production.');
  }
  if (fromEnvironment('JWT_JWKS_URL')) {
    throw new UsageError(
      'The service verifies tokens with the keys of JWT_JWKS_URL: get a token from their issuer.',
    );
  }
}

async function mint(
  userId: string,
  options: { scope: string | undefined; expires: string },
): Promise<string> {
  const { jwtSecret } = await findRunningStack();
  const userClaim = fromEnvironment('JWT_USER_CLAIM') ?? 'sub';
  const token = new SignJWT({ scope: options.scope, [userClaim]: userId })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt();
  const issuer = fromEnvironment('JWT_ISSUER');
  const audience = fromEnvironment('JWT_AUDIENCE');
  if (issuer) token.setIssuer(issuer);
  if (audience) token.setAudience(audience);
  try {
    token.setExpirationTime(options.expires);
  } catch {
    throw new UsageError(`--expires takes a time span such as 30m, 1h or 7d: ${usage}`);
  }
  const [secret] = secretsIn(jwtSecret ?? (await developmentJwtSecret()));
  return token.sign(new TextEncoder().encode(secret));
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      admin: { type: 'boolean', default: false },
      scope: { type: 'string' },
      expires: { type: 'string', default: '1h' },
    },
  });
  if (positionals.length !== 1) throw new UsageError(`Exactly one user id is required: ${usage}`);
  const userId = userIdOf(positionals[0]);
  loadDotEnv();
  refuseWhereTokensAreNotOurs();
  const scope = values.admin ? ADMIN_SCOPE : values.scope;
  console.log(await mint(userId, { scope, expires: values.expires }));
  return 0;
});
