import type { Operation } from './history.js';
import type { JsonObject } from './json-lines.js';

/** What somebody with a place was told about it. */
export interface ToldPlace {
  readonly status: string;
  readonly grantSeq: number | null;
  readonly arrivalNo: number;
  /** As it was written in the answer. */
  readonly createdAt: string;
}

const withSlot: readonly unknown[] = ['PENDING', 'SUCCESS', 'FAILED'];
const withoutSlot: readonly unknown[] = ['WAITING', 'ENDED', 'LEFT'];

function isPlaceNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

/** The place that an answer tells, if it is a whole one, and this user's in this campaign. */
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

/** Whether an answer says that there is a place. */
export function saysPlace({ op, status }: Operation): boolean {
  return (op === 'claim' && (status === 200 || status === 202)) || (op === 'status' && status === 200);
}

export function saysSoldOut({ op, status, body }: Operation): boolean {
  return op === 'claim' && status === 409 && body?.code === 'sold-out';
}

export function saysClosed({ op, status }: Operation): boolean {
  return op === 'claim' && status === 410;
}

/** Whether an answer says that this user has no place, at that moment. */
export function saysNoPlace({ op, status }: Operation): boolean {
  return (op === 'claim' && (status === 409 || status === 410)) || (op === 'status' && status === 404);
}

/**
 * Whether a place may have come of this claim. No answer, a 5xx and a time-out leave that open; every other 4xx was
 * answered instead of giving one.
 */
export function mayHaveGivenPlace({ op, status }: Operation): boolean {
  if (op !== 'claim') return false;
  return status === null || status < 400 || status === 408 || status >= 500;
}

/** What an operation came to, in a word or two, for the count of them. */
export function outcomeOf(operation: Operation): string {
  const { status, body } = operation;
  if (status === null) return 'unknown';
  if (saysPlace(operation) && typeof body?.status === 'string') return body.status;
  if (status < 300) return 'done';
  return typeof body?.code === 'string' ? body.code : String(status);
}
