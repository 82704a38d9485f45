import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { type ProblemCode, problemKind, PROBLEMS } from './problem-catalogue.js';
import { Problem } from './problem.js';

type Components = NonNullable<OpenAPIObject['components']>;
type SchemaObject = Exclude<NonNullable<Components['schemas']>[string], { $ref: string }>;
type Headers = NonNullable<Components['headers']>;

/** The codes of all problems, in order of their statuses. */
const CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** The schema of a problem, which `describeApi` puts where `ApiProblems` refers to it. */
export const PROBLEM_SCHEMA: SchemaObject = {
  type: 'object',
  description:
    'A problem as RFC 9457 defines it. Some codes have further members, such as `opensAt`; new ones may come.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  additionalProperties: true,
  properties: {
    type: { type: 'string', description: '`urn:seonchak:problem:` and the code' },
    title: { type: 'string', description: 'what the code means, for people' },
    status: { type: 'integer', description: 'the HTTP status' },
    code: {
      type: 'string',
      enum: CODES,
      description:
        'stable: what a program decides by. New codes may come; treat an unknown one by its status',
    },
    detail: { type: 'string', description: 'what is wrong here, and what to send or do instead, for people' },
    errors: {
      type: 'array',
      description: 'with `invalid-request`: each field of the request that is wrong',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: {
          field: { type: 'string', description: 'its name; a dot leads into a nested object' },
          message: { type: 'string', description: 'what it must be' },
        },
      },
    },
    opensAt: {
      type: 'string',
      format: 'date-time',
      description: 'with `not-open`: when the campaign opens',
    },
    final: {
      type: 'boolean',
      description:
        'with `sold-out`: whether no place ever becomes free again, so that asking again never helps (a second late at most)',
    },
    receipt: {
      type: 'string',
      description:
        'with `sold-out`, to a claim with Prefer: receipt: a signed note that every place was taken',
    },
    differs: {
      type: 'array',
      items: { type: 'string' },
      description: 'with `campaign-exists`: the terms in which that campaign differs from what was asked for',
    },
    state: {
      type: 'string',
      description: 'with `illegal-transition`: the current state of the campaign, or of the payout',
    },
    finishedAt: {
      type: 'string',
      format: 'date-time',
      nullable: true,
      description: 'with `illegal-transition` on a campaign: since when it is finished; null: it is not',
    },
    eligibility: {
      type: 'string',
      description: 'with `illegal-transition` on a list: who may claim in the campaign',
    },
    revision: {
      type: 'integer',
      description: 'with `changed-meanwhile`: the revision that stands now',
    },
    claimStatus: {
      type: 'string',
      description: 'with `illegal-transition` on a claim: its status',
    },
    payout: {
      type: 'string',
      nullable: true,
      description: 'with `illegal-transition` on a revocation: the state of the payout; null: there is none',
    },
    archivedAt: {
      type: 'string',
      format: 'date-time',
      description:
        'with `no-claim` and `unknown-payout` in an archived campaign: since when what became of this user is in its ' +
        'archive, and not here',
    },
    eligible: {
      type: 'boolean',
      description: 'with `no-claim`, to operators, of a campaign with a list: whether this user is on it',
    },
  },
};

const exampleOf = (code: ProblemCode): string => `#/components/examples/${code}`;

/** An example of each problem that these paths refer to by `ApiProblems`, by its code. */
export function problemExamples(paths: OpenAPIObject['paths']): NonNullable<Components['examples']> {
  const text = JSON.stringify(paths);
  return Object.fromEntries(
    CODES.filter((code) => text.includes(`"${exampleOf(code)}"`)).map((code) => {
      const { statuses, title, members } = problemKind(code);
      const { json } = new Problem(statuses[0] ?? 500, code, title, { members });
      return [code, { summary: title, value: JSON.parse(json) as unknown }];
    }),
  );
}

const STRING = { schema: { type: 'string' } } as const;
const RETRY_AFTER: Headers = {
  'Retry-After': { description: 'Seconds to wait before asking again.', schema: { type: 'integer' } },
};
const CHALLENGE: Headers = {
  'WWW-Authenticate': { description: 'The scheme, and what is wrong (RFC 6750).', ...STRING },
};

const PREFERENCE_APPLIED: Headers = {
  'Preference-Applied': { description: '`receipt`: there is one.', ...STRING },
};

const HEADERS: Readonly<Record<number, Headers>> = {
  401: CHALLENGE,
  403: CHALLENGE,
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/** Not with every code of the status. */
const MAY_RETRY_AFTER: Headers = {
  'Retry-After': {
    description: 'Seconds to wait before asking again. Without it, nobody has to ask again.',
    schema: { type: 'integer' },
  },
};

const HEADERS_OF_CODE: Readonly<Partial<Record<ProblemCode, Headers>>> = {
  'not-open': MAY_RETRY_AFTER,
  paused: MAY_RETRY_AFTER,
  'not-logged': MAY_RETRY_AFTER,
  'sold-out': PREFERENCE_APPLIED,
};

/** Undefined for none. */
function headersOf(status: number, codes: readonly ProblemCode[]): Headers | undefined {
  const found = [HEADERS[status], ...codes.map((code) => HEADERS_OF_CODE[code])].filter((headers) => headers);
  return found.length === 0 ? undefined : (Object.assign({}, ...found) as Headers);
}

/** What every call may answer with: before it is known, its path or body cannot be read; every call has its limits. */
const ANYWHERE = [
  'invalid-request',
  'payload-too-large',
  'unsupported-media-type',
  'too-many-requests',
  'unavailable',
] as const satisfies readonly ProblemCode[];

/** Documents the problems (RFC 9457) that a call may answer with, in addition to those of any call. */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator {
  const all = [...new Set<ProblemCode>([...ANYWHERE, ...codes])];
  const statuses = new Set(all.flatMap((code) => problemKind(code).statuses));
  return applyDecorators(
    ...[...statuses].map((status) =>
      problemResponse(
        status,
        all.filter((code) => problemKind(code).statuses.includes(status)),
      ),
    ),
  );
}

function problemResponse(status: number, codes: readonly ProblemCode[]): MethodDecorator {
  return ApiResponse({
    status,
    description: codes.map((code) => `\`${code}\`: ${problemKind(code).title}.`).join(' '),
    headers: headersOf(status, codes),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: exampleOf(code) }])),
      },
    },
  });
}
