import type { Request } from 'express';

/** Who sent a request, as their token says. */
export interface Identity {
  readonly subject: string;
  /** What JWT_USER_CLAIM says, the subject as a rule. Not checked to be a user id: who only administrates needs none. */
  readonly user: unknown;
  readonly scopes: readonly string[];
}

/** A request that `BearerGuard` has let through. */
export interface IdentifiedRequest extends Request {
  identity: Identity;
}

/** Stands for every scope. */
export const ADMIN_SCOPE = 'grants:admin';
