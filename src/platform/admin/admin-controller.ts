import { applyDecorators, Controller, Header, UseGuards, UseInterceptors } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ApiBearerAuth, ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { DeadlineInterceptor } from '../http/deadline.interceptor.js';
import { ScopeGuard } from '../identity/scope.guard.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { OperatorGuard } from '../sessions/operator.guard.js';

/**
 * Declares a controller for operators: every call is rate-limited by address, needs a token or a login with the scope
 * that the method declares with `@NeedsScope()`, and is answered within the deadline; no cache stores its answer.
 */
export function AdminController(path: string): ClassDecorator {
  return applyDecorators(
    ApiTags('admin'),
    ApiBearerAuth(),
    ApiCookieAuth('console'),
    Controller(path),
    UseGuards(AddressLimitGuard, OperatorGuard, ScopeGuard),
    UseInterceptors(DeadlineInterceptor),
    neverStored,
  );
}

function neverStored(controller: { readonly prototype: object }): void {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)))
    if (
      typeof descriptor.value === 'function' &&
      Reflect.hasMetadata(METHOD_METADATA, descriptor.value as object)
    )
      Header('Cache-Control', 'no-store')(controller.prototype, name, descriptor);
}
