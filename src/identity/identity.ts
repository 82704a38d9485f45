import type { Request } from 'express';

/** Who sent a request, as their token says. */
export interface Identity {
  readonly subject: string;
  readonly scopes: readonly string[];
}

/** A request that `BearerGuard` has let through. */
export interface IdentifiedRequest extends Request {
  identity: Identity;
}

export const ADMIN_SCOPE = 'grants:admin';
