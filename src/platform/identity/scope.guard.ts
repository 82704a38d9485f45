import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ADMIN_SCOPE, type IdentifiedRequest } from './identity.js';
import { NeededScope } from './scopes.js';
import { insufficientScope } from './token-claims.js';

/** Lets operators through if their token or login has the scope that the call declares. Runs after `OperatorGuard`. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): true {
    const scope = this.reflector.get(NeededScope, context.getHandler());
    if (!scope) throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no scope.`);
    const { identity } = context.switchToHttp().getRequest<IdentifiedRequest>();
    if ([scope, ADMIN_SCOPE].some((enough) => identity.scopes.includes(enough))) return true;
    throw insufficientScope(scope);
  }
}
