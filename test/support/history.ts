/** One thing that a client asked, and what it was told, on one clock: ms since 1970. */
export interface Operation {
  readonly client: string;
  readonly op: 'claim' | 'status' | 'create' | 'change';
  readonly campaignId: string;
  /** Null for an operator. */
  readonly userId: string | null;
  readonly start: number;
  /** Null when there was no answer: then what was asked for may or may not have been done. */
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
