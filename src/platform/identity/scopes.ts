import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';

/**
 * What operators may do, according to the `scope` of their tokens:
 * - `grants:read`: see reports, lists, payouts, wallets and the trail
 * - `grants:campaigns`: create and change campaigns, revoke grants
 * - `grants:payouts`: decide payouts, stop and resume them, close and open wallets
 */
export type Scope = 'grants:read' | 'grants:campaigns' | 'grants:payouts';

/** The scope that a call has declared. */
export const NeededScope = Reflector.createDecorator<Scope>();

/**
 * Set for a call that is about many campaigns and shows a partner's operators those that are listed for it alone
 * (`PartnersPerson.heldTo`).
 */
export const KeepsToListed = Reflector.createDecorator<true>();

/** Declares the scope that an operators' call needs. Every method of a controller behind `ScopeGuard` has one. */
export function NeedsScope(scope: Scope): MethodDecorator {
  return applyDecorators(NeededScope(scope), ApiExtension('x-needs-scope', scope));
}
