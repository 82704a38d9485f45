import { HttpException } from '@nestjs/common';
import { isPostgresFailure, lacksSchema } from '../postgres/postgres-failure.js';
import type { ProblemCode } from '../problems/problem-catalogue.js';
import { Problem, SOON, unavailable } from '../problems/problem.js';
import { isRedisFailure } from '../redis/redis-failure.js';
import { whatIsUnreadable } from './unreadable-request.js';

const CODES: Readonly<Record<number, ProblemCode>> = {
  401: 'invalid-token',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'unavailable',
};

/** The problem with which a thrown value is answered: 503 if a server is out of reach, 500 if it was not foreseen. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (lacksSchema(thrown)) return unavailable('The schema of the database is not complete.', thrown);
  if (isPostgresFailure(thrown)) return unavailable('The database is out of reach.', thrown);
  if (isRedisFailure(thrown)) return unavailable('The gate is out of reach.', thrown);
  const status = clientErrorStatus(thrown);
  if (status === undefined) return new Problem(500, 'internal');
  return new Problem(status, CODES[status] ?? 'invalid-request', undefined, {
    // Nest wraps what Express and its body parser throw.
    detail: whatIsUnreadable(thrown instanceof HttpException ? thrown.cause : thrown),
    ...(status === 503 ? { retryAfter: SOON } : {}),
  });
}

/** Exceptions of Nest, and those of body-parser and other middleware (`http-errors`), carry their status. */
function clientErrorStatus(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return undefined;
  const { status } = thrown;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
