import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { RateLimit } from './rate-limit.js';

/** One count for all calls, direct or not. It is not part of the guard: see `AddressLimit`. */
@Injectable()
export class UserLimit extends RateLimit {
  constructor({ RATE_LIMIT_PER_USER, RATE_LIMIT_WINDOW_MS }: Environment) {
    super(RATE_LIMIT_PER_USER, RATE_LIMIT_WINDOW_MS);
  }
}
