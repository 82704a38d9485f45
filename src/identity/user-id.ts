import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IdentifiedRequest } from './identity.js';
import { invalidToken } from './token-verifier.js';

const DECIMAL = /^[1-9]\d{0,18}$/;
const LARGEST = 2n ** 63n - 1n;

/** A user id is a decimal in 1..2^63-1 without leading zeros: a Postgres BIGINT, a string at every edge. */
export function isUserId(text: unknown): text is string {
  return typeof text === 'string' && DECIMAL.test(text) && BigInt(text) <= LARGEST;
}

/** The parameter that holds the id of the user who sent the request: the token's subject, and nothing else. */
export const CurrentUserId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { subject } = context.switchToHttp().getRequest<IdentifiedRequest>().identity;
  if (!isUserId(subject)) throw invalidToken('The subject is not a user id: a decimal in 1..2^63-1.');
  return subject;
});
