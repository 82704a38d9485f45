import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_CODES } from './problem.js';

type SchemaObject = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;

const WHEN: Readonly<Record<number, string>> = {
  400: 'The request does not match what this call accepts.',
  401: 'No valid bearer token, or no valid signature.',
  403: 'The token lacks the scope.',
  404: 'Not found.',
  409: 'Not now: see code.',
  410: 'The campaign is closed.',
  413: 'The body is too large.',
  415: 'The body is not application/json.',
  429: 'Too many requests; see Retry-After.',
  503: 'Temporarily unavailable; see Retry-After. Asking again is safe.',
};

/** The schema of a problem, which `describeApi` puts where `ApiProblems` refers to it. */
export const PROBLEM_SCHEMA: SchemaObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', example: 'urn:seonchak:problem:sold-out' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: [...PROBLEM_CODES], example: 'sold-out' },
    detail: { type: 'string' },
  },
};

/** Answered before the call is known: the path, or a body that no call expects, cannot be read. */
const ANYWHERE = [400, 413, 415];

/** Documents the problems (RFC 9457) that a call may answer with, in addition to those of any call. */
export function ApiProblems(...statuses: (keyof typeof WHEN)[]): MethodDecorator {
  return applyDecorators(
    ...[...new Set([...ANYWHERE, ...statuses])].map((status) =>
      ApiResponse({
        status,
        description: WHEN[status],
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}
