import { type JsonObject, parseJsonLines } from './json-lines.js';

/** One operation of one client. All times of a history are in ms on one clock. */
export interface Operation {
  readonly client: string;
  /** `claim`, `status`, `close-wallet`, `change-campaign`, … The checks use only the first two. */
  readonly op: string;
  readonly campaignId: string;
  /** Decimal; null for an administrator, who acts for no user. */
  readonly userId: string | null;
  /** At or before the time at which the request was sent. */
  readonly start: number;
  /**
   * At or after the time of the answer. Null: no answer came, and the operation may have taken effect at any time after
   * `start`.
   */
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
 * Reads a history: one operation per line. Of lines with the same `id` the last counts, so that a recorder can write an
 * operation without an answer when it begins, and again when it ends.
 * @throws UnusableInputError at the first unreadable line
 */
export function parseHistory(text: string): Operation[] {
  const byId = new Map<unknown, Operation>();
  for (const [index, { id, ...operation }] of parseJsonLines(text, 'the history', readOperation).entries()) {
    byId.set(id ?? `line ${index}`, operation);
  }
  return [...byId.values()];
}
