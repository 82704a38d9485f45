import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import type { Request } from 'express';
import { Environment } from '../config/environment.js';
import { Draining } from '../lifecycle/draining.js';
import { Cors } from './cors.js';
import { type DirectRoute, readDirectRoutes } from './direct-declarations.js';
import { FailureLog } from './failure-log.js';
import { problemOf } from './problem-of.js';
import { REQUEST_ID_HEADER, RequestLog } from './request-log.js';
import { securityHeaders } from './security-headers.js';
import type { DirectResponse } from './send-json.js';
import { sendProblem } from './send-problem.js';

/**
 * A short path to the few calls that make up a rush, those with `@Direct()`: the same guards and the same method of the
 * same controller, without Express' router and middleware and Nest's pipeline, which cost more than the call
 * (docs/adr/0017). Only requests that leave nothing to interpret take it: no body, no query, no escapes, an id in
 * canonical form. Express and Nest answer all others.
 */
@Injectable()
export class DirectRoutes {
  private routes: readonly (DirectRoute & { readonly pattern: RegExp })[] = [];
  private readonly security = securityHeaders();
  private readonly log: RequestLog;

  constructor(
    environment: Environment,
    private readonly cors: Cors,
    private readonly draining: Draining,
    private readonly failures: FailureLog,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly modules: ModuleRef,
  ) {
    this.log = new RequestLog(environment.LOG_LEVEL);
  }

  /** Reads the direct routes, once all controllers exist. @throws as `readDirectRoutes` */
  open(): void {
    this.routes = readDirectRoutes(this.discovery, this.scanner, this.modules).map((route) => ({
      ...route,
      pattern: new RegExp(`^${route.path.replace(':id', '([a-z0-9-]{1,63})')}$`),
    }));
  }

  /** @returns false if no direct route takes the request; then nothing was done */
  serve(request: Request<{ id: string }>, response: DirectResponse): boolean {
    const { headers } = request;
    if (
      headers.host === undefined ||
      headers['transfer-encoding'] !== undefined ||
      headers.expect !== undefined
    )
      return false;
    if (headers['content-length'] !== undefined && headers['content-length'] !== '0') return false;
    for (const route of this.routes) {
      if (route.method !== request.method) continue;
      const match = route.pattern.exec(request.url);
      if (!match) continue;
      const [, id = ''] = match; // empty for a route whose path names no id
      request.params = { id };
      request.route = route;
      void this.answer(route, request, response);
      return true;
    }
    return false;
  }

  private async answer(
    route: DirectRoute,
    request: Request<{ id: string }>,
    response: DirectResponse,
  ): Promise<void> {
    const requestId = this.log.begin(request, response);
    response.headersOfAll = this.security.concat(REQUEST_ID_HEADER, requestId);
    response.headersOfAll.push(...this.cors.headersFor(request.headers.origin));
    if (this.draining.active) response.headersOfAll.push('Connection', 'close');
    try {
      for (const guard of route.checks) {
        const pending = guard.check(request);
        if (pending) await pending;
      }
      await route.handle(request, response);
    } catch (error) {
      const problem = problemOf(error);
      this.failures.report(problem, error, requestId);
      if (!response.headersSent) sendProblem(response, problem);
    }
  }
}
