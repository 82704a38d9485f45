import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { EventLog } from '../logging/event-log.js';
import { Environment } from '../config/environment.js';
import { addressKey } from './address-key.js';
import { RateLimit } from './rate-limit.js';

/** One count for all calls. It is not part of the guard, because Nest makes a guard for every module that uses one. */
@Injectable()
export class AddressLimit extends RateLimit {
  private readonly log = new EventLog(AddressLimit.name);
  private looksForProxies: boolean;

  constructor({ RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS, TRUST_PROXY }: Environment) {
    super(RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS);
    this.looksForProxies = TRUST_PROXY === undefined;
  }

  /** Counts a request for the address that it came from. @throws Problem 429, see `RateLimit` */
  countFrom(request: Request): void {
    if (this.looksForProxies && request.headers['x-forwarded-for'] !== undefined) {
      this.looksForProxies = false; // logged once
      this.log.write('proxy-not-trusted');
    }
    this.count(addressKey(request.ip ?? 'unknown'));
  }
}
