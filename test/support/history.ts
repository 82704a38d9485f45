/** One request of a client and its answer, on one clock: ms since 1970. */
export interface Operation {
  readonly client: string;
  readonly op: 'claim' | 'status' | 'create' | 'change';
  readonly campaignId: string;
  /** Null for an operator. */
  readonly userId: string | null;
  readonly start: number;
  /** Null when there was no answer: then the request may or may not have taken effect. */
  readonly end: number | null;
  readonly status: number | null;
  readonly body: unknown;
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}

export function codeOf({ body }: Operation): string | undefined {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
}
