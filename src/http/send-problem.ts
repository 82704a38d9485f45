import type { Problem } from '../problems/problem.js';
import { type DirectResponse, sendJson } from './send-json.js';

/** None may be kept: the next time it may be otherwise. */
const PROBLEM = { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' };

/** Ends a response with a problem. */
export function sendProblem(response: DirectResponse, problem: Problem): void {
  const { headers } = problem.details;
  sendJson(response, problem.status, problem.json, headers ? { ...PROBLEM, ...headers } : PROBLEM);
}
