import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request, Response } from 'express';
import { Problem } from '../problems/problem.js';
import { allowedMethods } from './allowed-methods.js';
import type { FailureLog } from './failure-log.js';
import type { PageOfNothing } from './page-of-nothing.js';
import { problemOf } from './problem-of.js';
import { REQUEST_ID_HEADER } from './request-log.js';
import { sendProblem } from './send-problem.js';

/** Answers whatever was thrown with `application/problem+json`; at an address that does not exist people get a page. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly failures: FailureLog,
    private readonly nothing: PageOfNothing,
  ) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    const problem = this.refine(problemOf(thrown), request);
    this.failures.report(problem, thrown, String(response.getHeader(REQUEST_ID_HEADER)));
    if (response.headersSent) {
      response.destroy(); // a stream that broke off must not look complete
      return;
    }
    const sendPage = this.nothing.for(problem, request);
    if (sendPage) void sendPage(request, response).catch(() => sendProblem(response, problem));
    else sendProblem(response, problem);
  }

  /** An existing path called with another method is 405 with the allowed methods (RFC 9110, 15.5.6), not 404. */
  private refine(problem: Problem, request: Request): Problem {
    if (problem.code !== 'not-found') return problem;
    const allowed = allowedMethods(this.host.httpAdapter.getInstance(), request.path);
    if (allowed.length === 0 || allowed.includes(request.method)) return problem;
    return new Problem(405, 'method-not-allowed', 'Method not allowed', {
      detail: `This path takes ${allowed.join(', ')}.`,
      headers: { Allow: allowed.join(', ') },
    });
  }
}
