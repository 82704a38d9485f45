import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { corsOrigins } from '../config/cors-origins.js';
import { Environment } from '../config/environment.js';

/** What browsers keep at most: Chromium two hours, others longer. */
const PREFLIGHT_SECONDS = 7_200;

const METHODS = 'GET, HEAD, POST, PATCH, DELETE';
const REQUEST_HEADERS = 'Authorization, Content-Type, If-Match, If-None-Match, Prefer, X-Request-Id';

/** Headers of answers that a script may read, besides those that browsers always show it. */
const ANSWER_HEADERS =
  'Allow, Content-Disposition, ETag, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, ' +
  'WWW-Authenticate, X-Request-Id';

const NONE: readonly string[] = [];
/** A shared cache must not give one origin's answer to another. */
const VARY: readonly string[] = ['Vary', 'Origin'];
const VARY_OF_PREFLIGHTS = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/**
 * Lets pages of the origins in CORS_ORIGINS read answers (https://fetch.spec.whatwg.org/#http-cors-protocol). Never with
 * credentials: a browser adds no cookie, the page sends the bearer token itself.
 */
@Injectable()
export class Cors {
  /** Origin -> the headers of its answers, names and values in turn. Empty: CORS is off. */
  private readonly allowed: ReadonlyMap<string, readonly string[]>;

  constructor({ CORS_ORIGINS }: Environment) {
    this.allowed = new Map(
      (CORS_ORIGINS === undefined ? [] : corsOrigins(CORS_ORIGINS)).map((origin) => [
        origin,
        [...VARY, 'Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', ANSWER_HEADERS],
      ]),
    );
  }

  /** The headers of any answer to a request of this origin, names and values in turn. */
  headersFor(origin: string | undefined): readonly string[] {
    if (this.allowed.size === 0) return NONE;
    return (origin === undefined ? undefined : this.allowed.get(origin)) ?? VARY;
  }

  /**
   * Answers a preflight from memory, whatever its path: 204, with leave for an origin that is allowed and without for
   * others.
   * @returns false if the request is none, or CORS is off; then nothing was done
   */
  answerPreflight({ method, headers }: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = headers;
    if (method !== 'OPTIONS' || this.allowed.size === 0 || origin === undefined) return false;
    if (headers['access-control-request-method'] === undefined) return false;
    const leave = this.allowed.has(origin)
      ? {
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Allow-Methods': METHODS,
          'Access-Control-Allow-Headers': REQUEST_HEADERS,
          'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
        }
      : {};
    response.writeHead(204, { Vary: VARY_OF_PREFLIGHTS, ...leave });
    response.end();
    return true;
  }

  /** For answers by Express. */
  readonly mark = (request: Request, response: Response, next: NextFunction): void => {
    const headers = this.headersFor(request.headers.origin);
    for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
    next();
  };
}
