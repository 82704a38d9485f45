import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { randomUUID } from 'node:crypto';

export const REQUEST_ID_HEADER = 'X-Request-Id';

const DECENT_ID = /^[\w.:-]{1,64}$/;

/**
 * Gives every request an id, the caller's where it is a decent one, which goes back with the answer; and logs a line a
 * request at `debug`. Errors carry the id too (`ProblemFilter`). Nothing is kept per request beyond its answer: a store that
 * follows a request through every await and timer costs more than the claim, and what a timer holds on to is not freed.
 */
export function requestLog(level: string) {
  const log = new Logger('Request');
  const everyRequest = level === 'debug' || level === 'trace';
  return (request: Request, response: Response, next: NextFunction): void => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && DECENT_ID.test(given) ? given : randomUUID();
    response.setHeader(REQUEST_ID_HEADER, requestId);
    if (everyRequest) logWhenAnswered(log, requestId, request, response);
    next();
  };
}

function logWhenAnswered(log: Logger, requestId: string, request: Request, response: Response): void {
  const started = performance.now();
  response.once('close', () => {
    const route = (request.route as { path: string } | undefined)?.path;
    const tookMs = Math.round(performance.now() - started);
    log.debug({
      msg: 'Answered',
      requestId,
      method: request.method,
      route,
      status: response.statusCode,
      tookMs,
    });
  });
}
