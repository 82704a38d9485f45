import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { RateLimit } from './rate-limit.js';

/** One count for all calls. Not the guard's own: Nest makes a guard for every module that uses one. */
@Injectable()
export class AddressLimit extends RateLimit {
  constructor({ RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS }: Environment) {
    super(RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS);
  }
}
