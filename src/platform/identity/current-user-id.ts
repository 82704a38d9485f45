import type { IdentifiedRequest } from './identity.js';
import { invalidToken } from './token-claims.js';
import { isUserId } from './user-id.js';

/**
 * The id of the user who sent the request: the value of the token's claim JWT_USER_CLAIM, or what was made of a
 * partner's subject, and nothing else.
 * @throws Problem 401 when the claim is not a user id
 */
export function currentUserId({ identity: { user } }: IdentifiedRequest): string {
  if (!isUserId(user))
    throw invalidToken('The token names no user id that it may name: a decimal in 1..2^63-1.');
  return user;
}
