import type { Problem } from '../problems/problem.js';
import { secondsToWait } from '../problems/retry-after.js';
import { type DirectResponse, sendJson } from './send-json.js';

/** No problem may be cached: the next answer may be another one. */
const PROBLEM = { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' };

/** Ends a response with a problem. */
export function sendProblem(response: DirectResponse, problem: Problem): void {
  sendJson(response, problem.status, problem.json, headersOf(problem));
}

function headersOf({ details: { headers, retryAfter } }: Problem): Readonly<Record<string, string>> {
  if (retryAfter) return { ...PROBLEM, ...headers, 'Retry-After': String(secondsToWait(retryAfter)) };
  return headers ? { ...PROBLEM, ...headers } : PROBLEM;
}
