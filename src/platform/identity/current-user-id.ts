import type { IdentifiedRequest } from './identity.js';
import { invalidToken } from './token-claims.js';
import { isUserId } from './user-id.js';

/**
 * The id of the user who sent the request: what the token says in JWT_USER_CLAIM, and nothing else.
 * @throws Problem 401 when that is not a user id
 */
export function currentUserId({ identity: { user } }: IdentifiedRequest): string {
  if (!isUserId(user)) throw invalidToken('The token names no user id: a decimal in 1..2^63-1.');
  return user;
}
