import { Injectable } from '@nestjs/common';
import { RequestCheck } from '../http/request-check.js';
import type { IdentifiedRequest } from '../identity/identity.js';
import { UserLimit } from './user-limit.js';

/** Limits the requests of one user. Runs after `ClaimantGuard`. */
@Injectable()
export class UserLimitGuard extends RequestCheck {
  constructor(private readonly limit: UserLimit) {
    super();
  }

  check({ identity }: IdentifiedRequest): void {
    this.limit.count(identity.subject);
  }
}
