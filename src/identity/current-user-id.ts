import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IdentifiedRequest } from './identity.js';
import { invalidToken } from './token-verifier.js';
import { isUserId } from './user-id.js';

/** The parameter that holds the id of the user who sent the request: the token's subject, and nothing else. */
export const CurrentUserId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { subject } = context.switchToHttp().getRequest<IdentifiedRequest>().identity;
  if (!isUserId(subject)) throw invalidToken('The subject is not a user id: a decimal in 1..2^63-1.');
  return subject;
});
