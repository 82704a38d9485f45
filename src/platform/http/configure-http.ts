import type { INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { Environment } from '../config/environment.js';
import { trustedProxies } from '../config/trusted-proxies.js';
import { Draining } from '../lifecycle/draining.js';
import { Problem, invalidRequest } from '../problems/problem.js';
import { Cors } from './cors.js';
import { DirectRoutes } from './direct-routes.js';
import { FailureLog } from './failure-log.js';
import type { BoundedHttpAdapter } from './http-adapter.js';
import { PageOfNothing } from './page-of-nothing.js';
import { ProblemFilter } from './problem.filter.js';
import { REQUEST_ID_HEADER, RequestLog } from './request-log.js';
import { requestValidation } from './request-validation.js';
import { protect } from './security-headers.js';

/** Configures what all answers of all roles have in common. */
export function configureHttp(
  app: INestApplication & NestExpressApplication,
  environment: Environment,
): void {
  app.disable('x-powered-by');
  app.disable('etag');
  if (environment.TRUST_PROXY !== undefined) app.set('trust proxy', trustedProxies(environment.TRUST_PROXY));

  const adapter = app.getHttpAdapter() as unknown as BoundedHttpAdapter;
  const direct = app.get(DirectRoutes);
  direct.open();
  const cors = app.get(Cors);
  adapter.serveFirst(cors, direct);

  app.use(identified(new RequestLog(environment.LOG_LEVEL)));
  app.use(cors.mark);
  app.use(protect);
  app.use(closeWhileDraining(app.get(Draining)));
  if (environment.METRICS_PORT !== undefined) app.use(operatorsPort(environment.METRICS_PORT));
  app.use(hostNamed);
  app.use(unconditional);
  app.use(noNul);
  app.use(onlyJson);
  app.useBodyParser('json', { limit: environment.BODY_LIMIT_BYTES });

  app.useGlobalFilters(
    new ProblemFilter(app.get(HttpAdapterHost), app.get(FailureLog), app.get(PageOfNothing)),
  );
  app.useGlobalPipes(requestValidation());
}

function identified(log: RequestLog) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.setHeader(REQUEST_ID_HEADER, log.begin(request, response));
    next();
  };
}

/** While draining, a keep-alive connection is closed after its answer instead of carrying another request. */
function closeWhileDraining(draining: Draining) {
  return (_: Request, response: Response, next: NextFunction): void => {
    if (draining.active) response.setHeader('Connection', 'close');
    next();
  };
}

const FOR_OPERATORS = /^\/(metrics|health)(\/|$)/i;

/** /metrics and /health exist on the operators' port only, and nothing else exists there: other requests are 404. */
function operatorsPort(port: number) {
  return (request: Request, _: Response, next: NextFunction): void => {
    const isTheirs = request.socket.localPort === port;
    if (FOR_OPERATORS.test(decoded(request.path)) === isTheirs) next();
    else next(new Problem(404, 'not-found'));
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // which matches nothing
  }
}

/** Required by RFC 9112, 3.2. Node's own check would answer without an explanation. */
function hostNamed(request: Request, _: Response, next: NextFunction): void {
  if (request.headers.host === undefined && request.httpVersion === '1.1')
    next(invalidRequest('Send a Host header.'));
  else next();
}

/** Calls that know 304 send it themselves; Express would answer `If-None-Match: *` with it whatever the call. */
function unconditional(request: Request, _: Response, next: NextFunction): void {
  Object.defineProperty(request, 'fresh', { value: false });
  next();
}

/** Text in Postgres cannot contain NUL, so nothing can have such a name. */
function noNul(request: Request, _: Response, next: NextFunction): void {
  if (request.url.includes('%00'))
    next(invalidRequest('The path or query contains %00, which no id or name can.'));
  else next();
}

function onlyJson(request: Request, _: Response, next: NextFunction): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody || request.is('application/json')) next();
  else
    next(
      new Problem(415, 'unsupported-media-type', 'Unsupported media type', {
        detail: 'Send application/json.',
      }),
    );
}
