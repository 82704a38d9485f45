import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ADMIN_SCOPE, type IdentifiedRequest, type Identity } from './identity.js';
import { KeepsToListed, NeededScope } from './scopes.js';
import { insufficientScope } from './token-claims.js';

/**
 * Lets operators through if their token or login has the scope that the call declares. The scopes of a partner's
 * operators count in the campaigns that are listed for it (R34): what is about no campaign, or about all, they may not,
 * whatever is added later, unless the call keeps to those campaigns by itself. Runs after `OperatorGuard`.
 */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): true {
    const scope = this.reflector.get(NeededScope, context.getHandler());
    if (!scope) throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no scope.`);
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const hasScope = [scope, ADMIN_SCOPE].some((enough) => request.identity.scopes.includes(enough));
    const keepsToListed = this.reflector.get(KeepsToListed, context.getHandler()) ?? false;
    if (hasScope && (keepsToListed || mayActOn(request.identity, campaignOf(request)))) return true;
    throw insufficientScope(scope);
  }
}

/** The campaign that a call is about: that of its path, or the one that it creates. */
function campaignOf({ method, route, params, body }: IdentifiedRequest): unknown {
  const { path } = route as { readonly path: string };
  if (/^\/v1\/campaigns\/:id(\/|$)/.test(path)) return params.id;
  const isCreation = method === 'POST' && path === '/v1/campaigns';
  return isCreation ? (body as { readonly id?: unknown } | undefined)?.id : undefined;
}

function mayActOn({ partners }: Identity, campaignId: unknown): boolean {
  if (!partners?.heldTo) return true;
  return typeof campaignId === 'string' && partners.isAdmittedTo(campaignId);
}
