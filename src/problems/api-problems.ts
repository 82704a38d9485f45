import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

const WHEN: Readonly<Record<number, string>> = {
  400: 'The request is not what this call takes.',
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

const SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', example: 'urn:seonchak:problem:sold-out' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', example: 'sold-out' },
    detail: { type: 'string' },
  },
};

/** Documents the problems (RFC 9457) that a call may answer with. */
export function ApiProblems(...statuses: (keyof typeof WHEN)[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: WHEN[status],
        content: { 'application/problem+json': { schema: SCHEMA } },
      }),
    ),
  );
}
