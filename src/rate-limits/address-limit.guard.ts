import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Environment } from '../config/environment.js';
import { RateLimit } from './rate-limit.js';

/** Bounds what one network address may ask. Generous: a carrier puts a whole city's phones behind one address. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  private readonly limit: RateLimit;

  constructor({ RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS }: Environment) {
    this.limit = new RateLimit(RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS);
  }

  async canActivate(context: ExecutionContext): Promise<true> {
    await this.limit.count(context.switchToHttp().getRequest<Request>().ip ?? 'unknown');
    return true;
  }
}
