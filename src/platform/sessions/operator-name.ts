import { withIssuer } from '../identity/with-issuer.js';
import type { SignedInOperator } from './operator-sessions.js';

/**
 * How the trail names an operator who signed in. Those of the issuer that signs bearer tokens are named as their tokens
 * name them, so that one person with a token and a login stays one person where it takes two (R32); the subjects of
 * other providers are their own, and say so, as tokens of partners do.
 * @param tokenIssuer JWT_ISSUER
 */
export function operatorName(
  { issuer, subject }: Pick<SignedInOperator, 'issuer' | 'subject'>,
  tokenIssuer: string | undefined,
): string {
  return issuer === tokenIssuer ? subject : withIssuer(subject, issuer);
}
