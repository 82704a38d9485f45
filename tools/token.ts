import { SignJWT } from 'jose';
import { secretsIn } from '../src/platform/config/secret-list.js';
import { ADMIN_SCOPE } from '../src/platform/identity/identity.js';
import { isUserId } from '../src/platform/identity/user-id.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { tokenCommand } from './options/token-options.js';
import { fromEnvironment, loadDotEnv } from './stack/dot-env.js';
import { developmentSecret } from './stack/development-secret.js';
import { findRunningStack } from './stack/running-stack.js';

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

/** The users in the order in which their tokens are printed. */
function usersOf(given: readonly string[], count: number): string[] {
  if (count === 1) return [...given];
  const [first = '', ...more] = given;
  if (more.length > 0)
    throw new UsageError('--count takes one USER, the first: the others follow by number.');
  const users = Array.from({ length: count }, (_, i) => String(BigInt(first) + BigInt(i)));
  if (!isUserId(users.at(-1))) throw new UsageError('--count goes beyond the largest user id, 2^63-1.');
  return users;
}

/** @returns mints a token for a user */
async function openMint(options: {
  scope: string | undefined;
  expires: string;
}): Promise<(userId: string) => Promise<string>> {
  const { jwtSecret } = await findRunningStack();
  const userClaim = fromEnvironment('JWT_USER_CLAIM') ?? 'sub';
  const issuer = fromEnvironment('JWT_ISSUER');
  const audience = fromEnvironment('JWT_AUDIENCE');
  const [secret] = secretsIn(jwtSecret ?? (await developmentSecret('jwt-secret')));
  const key = new TextEncoder().encode(secret);
  return (userId) => {
    const token = new SignJWT({ scope: options.scope, [userClaim]: userId })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(options.expires);
    if (issuer) token.setIssuer(issuer);
    if (audience) token.setAudience(audience);
    return token.sign(key);
  };
}

runCommand(tokenCommand, async (args) => {
  const { values, positionals } = readCommandLine(tokenCommand, args);
  const users = usersOf(positionals, values.count);
  loadDotEnv();
  refuseWhereTokensAreNotOurs();
  const scope = values.admin ? ADMIN_SCOPE : values.scope;
  const mint = await openMint({ scope, expires: values.expires });
  for (const userId of users) console.log(await mint(userId));
  return 0;
});
