import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import type { IdentifiedRequest } from '../identity/identity.js';
import { RateLimit } from './rate-limit.js';

/** Bounds what one user may ask. Stands behind `BearerGuard`. */
@Injectable()
export class UserLimitGuard implements CanActivate {
  private readonly limit: RateLimit;

  constructor({ RATE_LIMIT_PER_USER, RATE_LIMIT_WINDOW_MS }: Environment) {
    this.limit = new RateLimit(RATE_LIMIT_PER_USER, RATE_LIMIT_WINDOW_MS);
  }

  canActivate(context: ExecutionContext): true {
    this.limit.count(context.switchToHttp().getRequest<IdentifiedRequest>().identity.subject);
    return true;
  }
}
