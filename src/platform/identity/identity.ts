import type { Request } from 'express';

/** The sender of a request, according to the token or the login. */
export interface Identity {
  readonly subject: string;
  /** The claim JWT_USER_CLAIM, by default the subject. Not checked to be a user id: administrators do not need one. */
  readonly user: unknown;
  readonly scopes: readonly string[];
}

/** A request that `ClaimantGuard` or `OperatorGuard` has let through. */
export interface IdentifiedRequest extends Request {
  identity: Identity;
}

/** Implies every scope. */
export const ADMIN_SCOPE = 'grants:admin';
