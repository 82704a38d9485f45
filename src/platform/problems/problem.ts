import { type ProblemCode, problemKind } from './problem-catalogue.js';
import type { RetryAfter } from './retry-after.js';

/** Members that every problem sets itself, and that `members` must not override. */
type OwnMembers = Partial<Record<'type' | 'title' | 'status' | 'code' | 'detail', never>>;

interface ProblemDetails {
  /** What is wrong and what to send instead, safe to show to the client. Default: as in `PROBLEMS`. */
  readonly detail?: string;
  /** Further members of the answer, e.g. `opensAt`. */
  readonly members?: Readonly<Record<string, unknown>> & OwnMembers;
  readonly headers?: Readonly<Record<string, string>>;
  /** When to ask again. A number from the range is drawn each time the problem is sent. */
  readonly retryAfter?: RetryAfter;
  readonly cause?: unknown;
}

/** An error answer as RFC 9457 (Problem Details for HTTP APIs) defines it. Throw it; the filter sends it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  private document: string | undefined;

  constructor(
    readonly status: number,
    readonly code: ProblemCode,
    readonly title: string = problemKind(code).title,
    readonly details: ProblemDetails = {},
  ) {
    super(details.detail ?? title, { cause: details.cause });
  }

  /** The `application/problem+json` document. Serialized once: some problems are sent to thousands. */
  get json(): string {
    this.document ??= JSON.stringify({
      type: `urn:seonchak:problem:${this.code}`,
      title: this.title,
      status: this.status,
      code: this.code,
      detail: this.details.detail ?? problemKind(this.code).detail,
      ...this.details.members,
    });
    return this.document;
  }
}

/** After a failure that may be over as soon as it is noticed. */
export const SOON: RetryAfter = { from: 1, to: 3 };

/** Something that the service depends on does not answer. Nothing that was accepted is lost; asking again is safe. */
export function unavailable(detail: string, cause?: unknown, retryAfter = SOON): Problem {
  return new Problem(503, 'unavailable', 'Temporarily unavailable', { detail, cause, retryAfter });
}

/** The request is not what the call accepts. @param detail one sentence for the client: what the call accepts */
export function invalidRequest(detail?: string, members?: ProblemDetails['members']): Problem {
  return new Problem(400, 'invalid-request', 'Invalid request', { detail, members });
}
