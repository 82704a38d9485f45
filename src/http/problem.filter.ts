import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request, Response } from 'express';
import { allowedMethods } from './allowed-methods.js';
import { REQUEST_ID_HEADER } from './request-log.js';
import { sendProblem } from './send-problem.js';
import { isPostgresFailure } from '../postgres/postgres-failure.js';
import { Problem, type ProblemCode, unavailable } from '../problems/problem.js';
import { isRedisFailure } from '../redis/redis-failure.js';

const CODES: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['invalid-request', 'Invalid request'],
  401: ['invalid-token', 'A valid bearer token is needed'],
  403: ['forbidden', 'Not allowed'],
  404: ['not-found', 'Not found'],
  405: ['method-not-allowed', 'Method not allowed'],
  406: ['not-acceptable', 'Not acceptable'],
  413: ['payload-too-large', 'The body is too large'],
  415: ['unsupported-media-type', 'Unsupported media type'],
  429: ['too-many-requests', 'Too many requests'],
  503: ['unavailable', 'Temporarily unavailable'],
};

const OUTAGE_REPORT_INTERVAL_MS = 1_000;

/**
 * Turns whatever was thrown into `application/problem+json`: a server that is out of reach into 503, and what was not
 * foreseen into a 500 that is logged and says nothing of itself.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger(ProblemFilter.name);
  private lastOutageReport = -Infinity;

  constructor(private readonly host: HttpAdapterHost) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    const problem = this.refine(this.toProblem(thrown), request);
    if (problem.status >= 500) this.report(problem, thrown, response.getHeader(REQUEST_ID_HEADER));
    if (response.headersSent) {
      response.destroy(); // a stream that broke off must not look complete
      return;
    }
    sendProblem(response, problem);
  }

  private toProblem(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (isPostgresFailure(thrown)) return unavailable('The database is out of reach.', thrown);
    if (isRedisFailure(thrown)) return unavailable('The gate is out of reach.', thrown);
    const status = clientErrorStatus(thrown);
    if (status === undefined) return new Problem(500, 'internal', 'Internal error');
    const [code, title] = CODES[status] ?? (['invalid-request', 'Invalid request'] as const);
    return new Problem(status, code, title, status === 503 ? { headers: { 'Retry-After': '1' } } : {});
  }

  /** A path that exists, asked with another method, is 405 with what is allowed (RFC 9110, 15.5.6), not 404. */
  private refine(problem: Problem, request: Request): Problem {
    if (problem.code !== 'not-found') return problem;
    const allowed = allowedMethods(this.host.httpAdapter.getInstance(), request.path);
    if (allowed.length === 0 || allowed.includes(request.method)) return problem;
    return new Problem(405, 'method-not-allowed', 'Method not allowed', {
      headers: { Allow: allowed.join(', ') },
    });
  }

  /** While a server is out of reach every request says so: one line a second is enough. */
  private report(problem: Problem, thrown: unknown, requestId: unknown): void {
    if (problem.status !== 503) {
      this.log.error({ msg: 'Not foreseen', requestId, err: thrown });
      return;
    }
    const now = performance.now();
    if (now - this.lastOutageReport < OUTAGE_REPORT_INTERVAL_MS) return;
    this.lastOutageReport = now;
    const { cause } = problem.details;
    this.log.warn({
      msg: problem.message,
      requestId,
      cause: cause instanceof Error ? cause.message : undefined,
    });
  }
}

/** Nest's own exceptions, and those of body-parser and friends (`http-errors`), carry the status they mean. */
function clientErrorStatus(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return undefined;
  const { status } = thrown;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
