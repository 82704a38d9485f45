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
  /** Whether senders are named by proxies; Express, which reads their names, then takes its time. */
  private readonly trustsProxies: boolean;
  private looksForProxies: boolean;

  constructor({ RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS, TRUST_PROXY }: Environment) {
    super(RATE_LIMIT_PER_IP, RATE_LIMIT_WINDOW_MS);
    this.trustsProxies = TRUST_PROXY !== undefined;
    this.looksForProxies = !this.trustsProxies;
  }

  /** Counts a request for the address that it came from. @throws Problem 429, see `RateLimit` */
  countFrom(request: Request): void {
    if (this.looksForProxies && request.headers['x-forwarded-for'] !== undefined) {
      this.looksForProxies = false; // logged once
      this.log.write('proxy-not-trusted');
    }
    const address = this.trustsProxies ? request.ip : request.socket.remoteAddress;
    this.count(addressKey(address ?? 'unknown'));
  }
}
