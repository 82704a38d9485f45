import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { MadeUserIds } from '../identity/made-user-ids.js';
import { isMadeId, isUserId } from '../identity/user-id.js';
import { DEVELOPMENT } from './development-login.js';
import type { SignedIn } from './login-provider.js';

/**
 * The user id of somebody who signed in (R32): the claim JWT_USER_CLAIM if it is one, as in a bearer token; otherwise
 * an id that is made here.
 */
@Injectable()
export class UserIds {
  constructor(
    private readonly environment: Environment,
    private readonly made: MadeUserIds,
  ) {}

  async of({ issuer, subject, claims }: SignedIn): Promise<string> {
    const { JWT_USER_CLAIM } = this.environment;
    const claim = issuer === DEVELOPMENT || JWT_USER_CLAIM === 'sub' ? subject : claims[JWT_USER_CLAIM];
    const named = Number.isSafeInteger(claim) ? String(claim) : claim;
    // A provider that names an id of ours must not become somebody else.
    if (isUserId(named) && !isMadeId(named)) return named;
    return this.made.of(issuer, subject);
  }
}
