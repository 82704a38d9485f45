import type { ServerResponse } from 'node:http';
import type { Problem } from '../problems/problem.js';
import { sendJson } from './send-json.js';

/** Ends a response with a problem. None may be kept: the next time it may be otherwise. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  response.setHeader('Cache-Control', 'no-store');
  const { headers } = problem.details;
  for (const name in headers) response.setHeader(name, headers[name] ?? '');
  sendJson(response, problem.status, problem.json, 'application/problem+json; charset=utf-8');
}
