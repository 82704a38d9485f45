import type { Environment } from '../config/environment.js';
import { TOKEN_ALGORITHMS } from '../config/token-issuers.js';
import type { Identity } from './identity.js';
import { type Issuer, scopesIn } from './issuer.js';
import { KeySet } from './key-set.js';
import { keySetTokens } from './key-set-tokens.js';
import { REMEMBERED_FOR_MS, rememberedForMs } from './remembered-for.js';
import { SeenBefore } from './seen-before.js';
import { sharedSecretTokens } from './shared-secret-tokens.js';
import { invalidToken, type TokenClaims } from './token-claims.js';
import { isMadeId, isUserId } from './user-id.js';

/** About twice as many tokens as are remembered are recognised when they are used for the second time. */
const SEEN_PLACES = 32_768;

/**
 * The issuer of this installation (JWT_SECRET or JWT_JWKS_URL), which may name any user and any scope.
 * @returns undefined when only partners sign tokens
 */
export function ownIssuer(environment: Environment): Issuer | undefined {
  const { JWT_SECRET, JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE } = environment;
  const expected = { issuer: JWT_ISSUER, audience: JWT_AUDIENCE };
  const identityIn = namesInTokens(environment);
  if (JWT_SECRET !== undefined)
    return {
      verify: sharedSecretTokens(JWT_SECRET, expected),
      identityIn,
      rememberedForMs: REMEMBERED_FOR_MS,
      // Most people in a rush come once, and remembering and forgetting them all would cost more than verifying the
      // tokens of the others twice.
      seen: new SeenBefore(SEEN_PLACES),
      close: () => undefined,
    };
  if (JWT_JWKS_URL === undefined) return undefined;
  const { JWT_JWKS_REFRESH_MS: refreshMs, JWT_JWKS_STALE_MS: staleMs, JWT_LEEWAY_SECONDS } = environment;
  const keySet = new KeySet(JWT_JWKS_URL, { refreshMs, staleMs });
  return {
    verify: keySetTokens(keySet, expected, TOKEN_ALGORITHMS, JWT_LEEWAY_SECONDS),
    identityIn,
    rememberedForMs: rememberedForMs(refreshMs),
    close: () => keySet.close(),
  };
}

function namesInTokens({ JWT_USER_CLAIM, JWT_ISSUERS }: Environment): (claims: TokenClaims) => Identity {
  // Beside partners, whose people have the ids that are made here, no token names one of these (R34).
  const mayName = (user: unknown): boolean => JWT_ISSUERS === undefined || !isUserId(user) || !isMadeId(user);
  return (claims) => {
    const { sub } = claims;
    if (typeof sub !== 'string' || sub === '') throw invalidToken('The token names no subject.');
    const user = JWT_USER_CLAIM === 'sub' ? sub : userIn(claims[JWT_USER_CLAIM]);
    return { subject: sub, user: mayName(user) ? user : undefined, scopes: scopesIn(claims) };
  };
}

/** A claim of the issuer's own may be a number, provided that it is a safe integer, so that no digit was lost. */
function userIn(claim: unknown): unknown {
  return Number.isSafeInteger(claim) ? String(claim) : claim;
}
