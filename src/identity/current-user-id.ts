import type { IdentifiedRequest } from './identity.js';
import { invalidToken } from './token-claims.js';
import { isUserId } from './user-id.js';

/**
 * The id of the user who sent the request: the token's subject, and nothing else.
 * @throws Problem 401 when that is not a user id
 */
export function currentUserId({ identity: { subject } }: IdentifiedRequest): string {
  if (!isUserId(subject)) throw invalidToken('The subject is not a user id: a decimal in 1..2^63-1.');
  return subject;
}
