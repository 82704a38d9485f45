import type { Operation } from './history.js';
import type { JsonObject } from './json-lines.js';

/** A place as an answer states it. */
export interface ToldPlace {
  readonly status: string;
  readonly grantSeq: number | null;
  readonly arrivalNo: number;
  /** The exact text of the answer. */
  readonly createdAt: string;
}

const withSlot: readonly unknown[] = ['PENDING', 'SUCCESS', 'FAILED'];
const withoutSlot: readonly unknown[] = ['WAITING', 'ENDED', 'LEFT'];

function isPlaceNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

/** The place in an answer, if it is complete and belongs to this user and campaign. */
export function readToldPlace(
  body: JsonObject | null | undefined,
  campaignId: string,
  userId: string | null,
): ToldPlace | undefined {
  if (body?.campaignId !== campaignId || body.userId !== userId) return undefined;
  const { status, grantSeq, arrivalNo, createdAt } = body;
  if (typeof status !== 'string' || typeof createdAt !== 'string' || !isPlaceNumber(arrivalNo))
    return undefined;
  if (withSlot.includes(status) && isPlaceNumber(grantSeq)) return { status, grantSeq, arrivalNo, createdAt };
  if (withoutSlot.includes(status) && grantSeq === null) return { status, grantSeq, arrivalNo, createdAt };
  return undefined;
}

/** Whether the answer says that the user has a place. */
export function saysPlace({ op, status }: Operation): boolean {
  return (op === 'claim' && (status === 200 || status === 202)) || (op === 'status' && status === 200);
}

export function saysSoldOut({ op, status, body }: Operation): boolean {
  return op === 'claim' && status === 409 && body?.code === 'sold-out';
}

export function saysClosed({ op, status }: Operation): boolean {
  return op === 'claim' && status === 410;
}

/** Whether the answer says that the user will never have a place (R33). */
export function saysNotEligible({ op, status, body }: Operation): boolean {
  return op === 'claim' && status === 403 && body?.code === 'not-eligible';
}

/** Whether the answer says that the user has no place at that moment. */
export function saysNoPlace(operation: Operation): boolean {
  const { op, status } = operation;
  if (op === 'claim') return status === 409 || status === 410 || saysNotEligible(operation);
  return op === 'status' && status === 404;
}

/**
 * Whether this claim may have created a place. No answer, a 5xx and a time-out leave that open; any other 4xx means
 * that no place was given.
 */
export function mayHaveGivenPlace({ op, status }: Operation): boolean {
  if (op !== 'claim') return false;
  return status === null || status < 400 || status === 408 || status >= 500;
}

/** The outcome of an operation in a word or two, for the counts. */
export function outcomeOf(operation: Operation): string {
  const { status, body } = operation;
  if (status === null) return 'unknown';
  if (saysPlace(operation) && typeof body?.status === 'string') return body.status;
  if (status < 300) return 'done';
  return typeof body?.code === 'string' ? body.code : String(status);
}
