import type { Request } from 'express';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { EventLog } from '../logging/event-log.js';

export const REQUEST_ID_HEADER = 'X-Request-Id';

const DECENT_ID = /^[\w.:-]{1,64}$/;

/**
 * Gives every request an id (the caller's, if it is well-formed), which is returned with the answer, and logs one line
 * per request at `debug`. Errors carry the id too (`FailureLog`). Nothing is kept per request beyond its answer: a
 * store that follows a request through every await and timer costs more than the claim, and objects that a timer refers
 * to are not freed.
 */
export class RequestLog {
  private readonly log = new EventLog('Request');
  private readonly everyRequest: boolean;

  constructor(level: string) {
    this.everyRequest = level === 'debug' || level === 'trace';
  }

  /** @returns the request's id, for the header of its answer */
  begin(request: Request, response: ServerResponse): string {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && DECENT_ID.test(given) ? given : randomUUID();
    if (this.everyRequest) this.tellWhenAnswered(requestId, request, response);
    return requestId;
  }

  private tellWhenAnswered(requestId: string, request: Request, response: ServerResponse): void {
    const started = performance.now();
    response.once('close', () => {
      const route = (request.route as { path: string } | undefined)?.path;
      this.log.write('request-answered', {
        requestId,
        method: request.method,
        route,
        status: response.statusCode,
        tookMs: Math.round(performance.now() - started),
      });
    });
  }
}
