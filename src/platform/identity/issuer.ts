import type { Identity } from './identity.js';
import type { SeenBefore } from './seen-before.js';
import type { TokenClaims } from './token-claims.js';

/** Who signs tokens that are accepted here: how they are verified, and what they may say. */
export interface Issuer {
  /**
   * @returns the claims of a token that this issuer signed for us; its times are not checked
   * @throws Problem 401, or 503 if its key cannot be fetched
   */
  readonly verify: (token: string) => TokenClaims | Promise<TokenClaims>;
  /** @throws Problem 401 if the claims name nobody whom this issuer may name */
  readonly identityIn: (claims: TokenClaims) => Identity;
  /** How long a verified token is remembered at most, in ms. */
  readonly rememberedForMs: number;
  /** Set: a token is remembered at its second use. Not set: at the first, since verifying it is expensive. */
  readonly seen?: SeenBefore;
  /** Ends what runs in the background. */
  readonly close: () => void;
}

const NO_SCOPES: readonly string[] = [];

/** The scopes that the claims name (RFC 8693, 4.2). */
export function scopesIn({ scope }: TokenClaims): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ') : NO_SCOPES;
}
