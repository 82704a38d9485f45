import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { RequestCheck } from '../http/request-check.js';
import type { IdentifiedRequest } from '../identity/identity.js';
import { RateLimit } from './rate-limit.js';

/** Bounds what one user may ask. Stands behind `BearerGuard`. */
@Injectable()
export class UserLimitGuard extends RequestCheck {
  private readonly limit: RateLimit;

  constructor({ RATE_LIMIT_PER_USER, RATE_LIMIT_WINDOW_MS }: Environment) {
    super();
    this.limit = new RateLimit(RATE_LIMIT_PER_USER, RATE_LIMIT_WINDOW_MS);
  }

  check({ identity }: IdentifiedRequest): void {
    this.limit.count(identity.subject);
  }
}
