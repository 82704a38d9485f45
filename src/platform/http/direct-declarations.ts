import { RequestMethod, SetMetadata, type Type } from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  PIPES_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import type { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { RequestCheck } from './request-check.js';

const DIRECT = 'seonchak:direct';

/**
 * Declares that a controller method is also served without Express and Nest's pipeline (`DirectRoutes`). Path, HTTP
 * method and guards are those of Nest's decorators. The method takes `@Req()` and `@Res()`, in this order, and writes
 * its whole answer with `sendJson` and `sendProblem`.
 */
export function Direct(): MethodDecorator {
  return SetMetadata(DIRECT, true);
}

/** A controller method as its decorators declare it. */
export interface DirectRoute {
  readonly method: string;
  /** In Nest's notation, e.g. `/v1/campaigns/:id/grants`. */
  readonly path: string;
  /** The guards of the class, then those of the method. */
  readonly checks: readonly RequestCheck[];
  handle(request: Request, response: ServerResponse): Promise<void>;
}

interface Declaration {
  readonly controller: Record<string, unknown>;
  readonly type: Type;
  readonly method: string;
  readonly handler: (request: Request, response: ServerResponse) => Promise<void>;
}

/** What Nest runs for a route and a direct route does not. */
const NOT_RUN = {
  interceptor: INTERCEPTORS_METADATA,
  pipe: PIPES_METADATA,
  filter: EXCEPTION_FILTERS_METADATA,
} as const;

/** `@Req()` first, `@Res()` second, and nothing else, in Nest's own keys, `<kind>:<index>`. */
const REQUEST_AND_RESPONSE = '0:0 1:1';

/**
 * Reads the direct routes from the decorators of all controllers.
 * @throws Error when a direct route would behave differently from Nest's: a guard that is not a `RequestCheck`, an
 *   interceptor, pipe or filter of its own, other parameters
 */
export function readDirectRoutes(
  discovery: DiscoveryService,
  scanner: MetadataScanner,
  modules: ModuleRef,
): DirectRoute[] {
  return declarations(discovery, scanner).map((declaration) => {
    const { controller, type, method, handler } = declaration;
    const name = `${type.name}.${method}`;
    refuseWhatWouldNotRun(declaration, name);
    const guards = [type, handler].flatMap((target) => metadata<Type[]>(GUARDS_METADATA, target) ?? []);
    return {
      method: RequestMethod[metadata<RequestMethod>(METHOD_METADATA, handler) ?? RequestMethod.GET],
      path: joined(metadata<string>(PATH_METADATA, type), metadata<string>(PATH_METADATA, handler)),
      checks: guards.map((guard) => checkOf(modules, guard, name)),
      handle: handler.bind(controller),
    };
  });
}

function declarations(discovery: DiscoveryService, scanner: MetadataScanner): Declaration[] {
  return discovery.getControllers().flatMap(({ instance, metatype }) => {
    const controller = instance as Record<string, Declaration['handler']>;
    return scanner.getAllMethodNames(Object.getPrototypeOf(controller) as object).flatMap((method) => {
      const handler = controller[method];
      return handler && metadata<boolean>(DIRECT, handler)
        ? [{ controller, type: metatype as Type, method, handler }]
        : [];
    });
  });
}

function refuseWhatWouldNotRun({ type, method, handler }: Declaration, name: string): void {
  for (const [kind, key] of Object.entries(NOT_RUN))
    if ([type, handler].some((target) => metadata<unknown[]>(key, target)?.length))
      throw new Error(`${name} is a direct route, and would be served without its ${kind}.`);
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) as object | undefined;
  if (
    Object.keys(parameters ?? {})
      .sort()
      .join(' ') !== REQUEST_AND_RESPONSE
  )
    throw new Error(`${name} is a direct route, and may take @Req() and @Res() only, in this order.`);
}

function checkOf(modules: ModuleRef, guard: Type, name: string): RequestCheck {
  const check: unknown = modules.get(guard, { strict: false });
  if (check instanceof RequestCheck) return check;
  throw new Error(`${name} is a direct route, so its guard ${guard.name} must extend RequestCheck.`);
}

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}

function joined(...parts: readonly (string | undefined)[]): string {
  const names = parts.flatMap((part) => (part ?? '').split('/')).filter((part) => part !== '');
  return `/${names.join('/')}`;
}
