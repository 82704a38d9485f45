import type { Environment } from '../config/environment.js';
import { isOperatorScope } from '../config/scopes-by-claim.js';
import { isAdmittedEverywhere, isAdmittedTo, type TokenIssuer } from '../config/token-issuers.js';
import { type Issuer, scopesIn } from './issuer.js';
import { KeySet } from './key-set.js';
import { keySetTokens } from './key-set-tokens.js';
import { rememberedForMs } from './remembered-for.js';
import { invalidToken } from './token-claims.js';
import { withIssuer } from './with-issuer.js';

/** A subject as OpenID Connect (Core, 2) defines it, so that Postgres keeps every one of them as it is. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/**
 * An issuer of JWT_ISSUERS: it names its own people and nobody else, in the campaigns and with the scopes that its
 * entry lists (R34).
 */
export function partnerIssuer(terms: TokenIssuer, environment: Environment): Issuer {
  const { issuer, audience, algorithms } = terms;
  const { JWT_JWKS_REFRESH_MS: refreshMs, JWT_JWKS_STALE_MS: staleMs, JWT_LEEWAY_SECONDS } = environment;
  const keySet = new KeySet(terms.keySet, { refreshMs, staleMs });
  const mayGrant = (scope: string): boolean => isOperatorScope(scope) && terms.scopes.includes(scope);
  return {
    verify: keySetTokens(keySet, { issuer, audience }, algorithms, JWT_LEEWAY_SECONDS),
    identityIn: (claims) => {
      const { sub } = claims;
      if (typeof sub !== 'string' || !SUBJECT.test(sub))
        throw invalidToken('The token names no subject of 1 to 255 ASCII characters.');
      return {
        subject: withIssuer(sub, issuer),
        user: undefined,
        scopes: scopesIn(claims).filter(mayGrant),
        partners: {
          ...{ issuer, subject: sub },
          isAdmittedTo: (campaignId) => isAdmittedTo(terms, campaignId),
          heldTo: isAdmittedEverywhere(terms) ? null : terms.campaigns,
        },
      };
    },
    rememberedForMs: rememberedForMs(refreshMs),
    close: () => keySet.close(),
  };
}
