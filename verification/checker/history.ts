import { type JsonObject, parseJsonLines } from './json-lines.js';

/** One operation of one client. All times of a history are ms on one clock. */
export interface Operation {
  readonly client: string;
  /** `claim`, `status`, `close-wallet`, `change-campaign`, …: only the first two are read by the checks. */
  readonly op: string;
  readonly campaignId: string;
  /** Decimal; null for who acts for nobody (an administrator). */
  readonly userId: string | null;
  /** Not after the request was sent. */
  readonly start: number;
  /** Not before the answer was there. Null: none ever came. What was asked for may have happened at any time after `start`. */
  readonly end: number | null;
  readonly status: number | null;
  readonly body: JsonObject | null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isBody(value: unknown): value is JsonObject | null {
  return typeof value === 'object' && !Array.isArray(value);
}

function readOperation(line: JsonObject): (Operation & { readonly id: unknown }) | undefined {
  const { client, op, campaignId, userId = null, start, end = null, status = null, body = null, id } = line;
  const names = isText(client) && isText(op) && isText(campaignId) && (userId === null || isText(userId));
  if (!names || !isTime(start)) return undefined;
  if (end === null) return { client, op, campaignId, userId, start, end, status: null, body: null, id };
  if (!isTime(end) || end < start || !Number.isInteger(status)) return undefined;
  const answer = isBody(body) ? body : null;
  return { client, op, campaignId, userId, start, end, status: Number(status), body: answer, id };
}

/**
 * Reads a history: one operation a line. Of lines with the same `id` the last counts, so that a recorder can write an
 * operation down when it begins, as one without an answer, and again when it ends.
 * @throws UnusableInputError at the first line that can't be read
 */
export function parseHistory(text: string): Operation[] {
  const byId = new Map<unknown, Operation>();
  for (const [index, { id, ...operation }] of parseJsonLines(text, 'the history', readOperation).entries()) {
    byId.set(id ?? `line ${index}`, operation);
  }
  return [...byId.values()];
}
