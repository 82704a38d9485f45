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

/** A claim as the API tells it. */
export interface ToldClaim {
  readonly userId: string;
  readonly status: 'PENDING' | 'SUCCESS' | 'FAILED' | 'WAITING' | 'ENDED';
  readonly grantSeq: number | null;
  readonly arrivalNo: number;
  readonly createdAt: string;
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** The claim that this answer tells of, if it does. */
export function toldClaim({ op, status, body }: Operation): ToldClaim | undefined {
  const tells = (op === 'claim' || op === 'status') && (status === 200 || status === 202);
  return tells ? (body as ToldClaim) : undefined;
}

export function codeOf({ body }: Operation): string | undefined {
  return typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : undefined;
}
