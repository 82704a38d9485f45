import { decodeJwt } from 'jose';
import type { Environment } from '../config/environment.js';
import { tokenIssuers } from '../config/token-issuers.js';
import type { Issuer } from './issuer.js';
import { ownIssuer } from './own-issuer.js';
import { partnerIssuer } from './partner-issuer.js';
import { refusedToken } from './token-claims.js';

/** Everybody who signs tokens that are accepted here: our own issuer, and the partners of JWT_ISSUERS. */
export class TokenIssuers {
  private readonly own: Issuer | undefined;
  /** By `iss`. */
  private readonly partners: ReadonlyMap<string, Issuer>;

  constructor(environment: Environment) {
    const { JWT_ISSUERS } = environment;
    this.own = ownIssuer(environment);
    const listed = JWT_ISSUERS === undefined ? [] : tokenIssuers(JWT_ISSUERS);
    this.partners = new Map(listed.map((terms) => [terms.issuer, partnerIssuer(terms, environment)]));
  }

  /**
   * Who has to have signed a token, by the `iss` that it states. Nothing is verified by that: the token is good only if
   * a key of this issuer, and of no other, signed it.
   * @throws Problem 401 if nobody of that name signs tokens here
   */
  of(token: string): Issuer {
    const issuer = this.partners.size === 0 ? this.own : (this.partners.get(issuerIn(token)) ?? this.own);
    if (!issuer) throw refusedToken();
    return issuer;
  }

  /** Ends what runs in the background. */
  close(): void {
    for (const issuer of [this.own, ...this.partners.values()]) issuer?.close();
  }
}

/** @returns '' if the token states none */
function issuerIn(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : '';
  } catch {
    throw refusedToken();
  }
}
