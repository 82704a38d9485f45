interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly eligible?: boolean;
}

/** A refusal of the API (RFC 9457). `code` is stable; `detail` is a sentence for people. */
export class ProblemError extends Error {
  private constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** Field -> what it must be, of `invalid-request`. */
    readonly fields: Readonly<Record<string, string>>,
    readonly requestId: string | null,
    /** Whether the user of `no-claim` is on the list of the campaign; null when it has none. */
    readonly eligible: boolean | null,
  ) {
    super(detail);
  }

  static of(response: Response, body: unknown): ProblemError {
    const problem = typeof body === 'object' && body !== null ? (body as ProblemBody) : {};
    const fields = Object.fromEntries((problem.errors ?? []).map(({ field, message }) => [field, message]));
    return new ProblemError(
      response.status,
      problem.code ?? 'unknown',
      problem.detail ?? problem.title ?? `HTTP ${response.status}`,
      fields,
      response.headers.get('x-request-id'),
      problem.eligible ?? null,
    );
  }
}

/** Whether asking again may help: no answer at all, or one that says "later". */
export function mayPass(error: unknown): boolean {
  return !(error instanceof ProblemError) || error.status === 429 || error.status >= 500;
}

/** Whether a campaign that may have been shown before does not exist any more. */
export function isGone(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'unknown-campaign';
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401;
}
