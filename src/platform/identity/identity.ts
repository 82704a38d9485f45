import type { Request } from 'express';

/** Somebody whom an issuer of JWT_ISSUERS names: the user id is made here, from both (R34). */
export interface PartnersPerson {
  readonly issuer: string;
  readonly subject: string;
  /** Whether the issuer is admitted to the campaign, where this person may claim, and be an operator. */
  readonly isAdmittedTo: (campaignId: string) => boolean;
  /**
   * The campaigns to which its operators are held: ids, and beginnings of ids that end with `*`. Null: held to none, so
   * that they may do what concerns more than one.
   */
  readonly heldTo: readonly string[] | null;
}

/** The sender of a request, according to the token or the login. */
export interface Identity {
  /** Names who acts, in the trail and for limits: an operator of a partner or of a login with the issuer. */
  readonly subject: string;
  /** The claim JWT_USER_CLAIM, by default the subject. Not checked to be a user id: administrators do not need one. */
  readonly user: unknown;
  readonly scopes: readonly string[];
  /** Set for a token of a partner; `user` is undefined until `ClaimantGuard` has asked for it. */
  readonly partners?: PartnersPerson;
}

/** A request that `ClaimantGuard` or `OperatorGuard` has let through. */
export interface IdentifiedRequest extends Request {
  identity: Identity;
}

/** Implies every scope. */
export const ADMIN_SCOPE = 'grants:admin';
